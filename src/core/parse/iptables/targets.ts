import type { Target } from '../../host/target.ts'
import { canonicalPrefix } from '../../net/prefix.ts'
import { readConnmark, readMark } from './mark-targets.ts'
import { onlyNamed } from './module-reader.ts'
import { readNat, readPortsOnly } from './nat-targets.ts'
import { type Option, oneValue, readOptions } from './options.ts'
import { readSetChanges } from './set-target.ts'
import type { Word } from './split-words.ts'
import { readTproxy } from './tproxy-target.ts'
import { readDecimal, readMasked, readNumber } from './values.ts'

/** Reads the options of one target; null when anything of it is not modelled. */
type TargetReader = (options: readonly Option[], family: 'ip' | 'ip6') => Target | null

/** Returns what `-j NAME options` does, or null when the target or one of its options is not modelled. */
export function readTarget(name: string, words: readonly Word[], family: 'ip' | 'ip6'): Target | null {
  const options = readOptions(words)
  if (options === null || options.some((option) => option.negated)) return null
  if (NO_EFFECT.has(name)) return { kind: 'no-effect', module: name }
  return TARGETS.get(name)?.(options, family) ?? null
}

/** Targets that leave the packet, its mark and its verdict alone. TEE sends a copy elsewhere; the packet goes on. */
const NO_EFFECT: ReadonlySet<string> = new Set([
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CONNSECMARK',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'SECMARK',
  'TCPOPTSTRIP',
  'TEE',
])

const TARGETS: ReadonlyMap<string, TargetReader> = new Map(
  Object.entries<TargetReader>({
    ACCEPT: bare({ kind: 'accept' }),
    DROP: bare({ kind: 'drop' }),
    RETURN: bare({ kind: 'return' }),
    REJECT: readReject,
    DNAT: (options) => readNat('dnat', 'to-destination', options),
    SNAT: (options) => readNat('snat', 'to-source', options),
    MASQUERADE: (options) => readPortsOnly('masquerade', options),
    REDIRECT: (options) => readPortsOnly('redirect', options),
    NETMAP: readNetmap,
    MARK: readMark,
    CONNMARK: readConnmark,
    NOTRACK: bare({ kind: 'notrack' }),
    CT: readCt,
    LOG: () => ({ kind: 'log', module: 'LOG' }),
    NFLOG: () => ({ kind: 'log', module: 'NFLOG' }),
    ULOG: () => ({ kind: 'log', module: 'ULOG' }),
    TRACE: () => ({ kind: 'log', module: 'TRACE' }),
    TCPMSS: readTcpMss,
    TTL: (options, family) => (family === 'ip' ? readTtl('ttl', options) : null),
    HL: (options, family) => (family === 'ip6' ? readTtl('hl', options) : null),
    SET: readSetChanges,
    TPROXY: readTproxy,
    TOS: readTos,
    DSCP: readDscp,
  }),
)

function bare(target: Target): TargetReader {
  return (options) => (options.length === 0 ? target : null)
}

/** iptables-save always writes `--reject-with`; the defaults are those of libipt_REJECT and libip6t_REJECT. */
function readReject(options: readonly Option[], family: 'ip' | 'ip6'): Target | null {
  const [option, extra] = options
  if (extra !== undefined) return null
  if (option === undefined) {
    return { kind: 'reject', with: family === 'ip' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable' }
  }
  const value = oneValue(option)
  return option.name === 'reject-with' && value !== null ? { kind: 'reject', with: value } : null
}

function readNetmap(options: readonly Option[]): Target | null {
  const [option, extra] = options
  if (option === undefined || extra !== undefined || option.name !== 'to') return null
  const prefix = canonicalPrefix(oneValue(option) ?? '')
  return prefix === null ? null : { kind: 'netmap', prefix }
}

/** Helpers, timeouts and event masks decide nothing for the packet; a zone of one direction only is not modelled. */
function readCt(options: readonly Option[]): Target | null {
  if (options.length === 1 && options[0]?.name === 'notrack') return { kind: 'notrack' }
  if (options.length === 0 || !onlyNamed(options, [...CT_HARMLESS, 'zone'])) return null
  const zone = options.find(({ name }) => name === 'zone')
  if (zone === undefined) return { kind: 'no-effect', module: 'CT' }
  const number = readNumber(oneValue(zone) ?? '')
  return number === null || number > 65535 ? null : { kind: 'ct-zone', zone: number }
}

const CT_HARMLESS = ['helper', 'timeout', 'ctevents', 'expevents'] as const

function readTcpMss(options: readonly Option[]): Target | null {
  const [option, extra] = options
  if (option === undefined || extra !== undefined) return null
  if (option.name === 'clamp-mss-to-pmtu') return { kind: 'tcp-mss', mss: 'clamp-to-pmtu' }
  const mss = readDecimal(oneValue(option) ?? '')
  return option.name === 'set-mss' && mss !== null ? { kind: 'tcp-mss', mss } : null
}

function readTtl(prefix: 'ttl' | 'hl', options: readonly Option[]): Target | null {
  const [option, extra] = options
  if (option === undefined || extra !== undefined) return null
  const operation = (['set', 'inc', 'dec'] as const).find((word) => option.name === `${prefix}-${word}`)
  const value = readDecimal(oneValue(option) ?? '')
  return operation === undefined || value === null ? null : { kind: 'ttl', operation, value }
}

function readTos(options: readonly Option[]): Target | null {
  const [option, extra] = options
  if (option === undefined || extra !== undefined || option.name !== 'set-tos') return null
  const masked = readMasked(oneValue(option) ?? '', 0xff)
  return masked === null ? null : { kind: 'tos', ...masked }
}

/** DSCP is the upper six bits of the same byte. */
function readDscp(options: readonly Option[]): Target | null {
  const [option, extra] = options
  if (option === undefined || extra !== undefined || option.name !== 'set-dscp') return null
  const dscp = readNumber(oneValue(option) ?? '')
  return dscp === null || dscp > 63 ? null : { kind: 'tos', value: dscp << 2, mask: 0xfc }
}
