import type { AddressType, Match } from '../../host/match.ts'
import { parseAddress } from '../../net/address.ts'
import { BESIDE_MODULES } from './beside-modules.ts'
import { readConntrack, readCtState } from './conntrack-module.ts'
import { CONTENT_MODULES } from './content-modules.ts'
import { each, type ModulePiece, type ModuleReader, onlyNamed } from './module-reader.ts'
import { type Option, oneValue, readOptions } from './options.ts'
import { PROTOCOL_MODULES, readIcmpType } from './protocol-modules.ts'
import type { Word } from './split-words.ts'
import { STATEFUL_MODULES } from './stateful-modules.ts'
import { readDecimal, readMasked, readRange } from './values.ts'

/**
 * Returns the conditions of `-m NAME options`, all of which must hold, or null when the module or one of its options
 * is not modelled: the whole module is then one unsupported condition.
 */
export function readModule(name: string, words: readonly Word[], piece: ModulePiece): readonly Match[] | null {
  const options = readOptions(words)
  if (options === null) return null
  const own = piece.family === 'ip' ? IP_MODULES : IP6_MODULES
  return (own.get(name) ?? MODULES.get(name))?.(options, piece) ?? null
}

const MODULES: ReadonlyMap<string, ModuleReader> = new Map([
  ...PROTOCOL_MODULES,
  ...STATEFUL_MODULES,
  ...BESIDE_MODULES,
  ...CONTENT_MODULES,
  ...Object.entries<ModuleReader>({
    conntrack: each(readConntrack),
    state: each((option) => (option.name === 'state' ? readCtState(option) : null)),
    addrtype: readAddressType,
    mark: each((option) => readMark('mark', option)),
    connmark: each((option) => readMark('connmark', option)),
    physdev: each(readPhysdev),
    iprange: each(readIpRange),
    mac: each(readMac),
    pkttype: each(readPacketType),
    length: each(readLength),
    set: readSet,
    comment: each(readComment),
  }),
])

const IP_MODULES: ReadonlyMap<string, ModuleReader> = new Map(
  Object.entries<ModuleReader>({
    icmp: each((option) => readIcmpType(4, 'icmp-type', option)),
    ttl: each((option) => readTtl('ttl', option)),
  }),
)

const IP6_MODULES: ReadonlyMap<string, ModuleReader> = new Map(
  Object.entries<ModuleReader>({
    icmp6: each((option) => readIcmpType(6, 'icmpv6-type', option)),
    hl: each((option) => readTtl('hl', option)),
  }),
)

const ADDRESS_TYPES: readonly AddressType[] = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
]

/** `--limit-iface-in` and `--limit-iface-out` hold for both sides of their module. */
function readAddressType(options: readonly Option[]): readonly Match[] | null {
  const matches: Match[] = []
  const limits = options.filter(({ name }) => name === 'limit-iface-in' || name === 'limit-iface-out')
  if (limits.length > 1 || limits.some((limit) => limit.negated)) return null
  const limitInterface = limits[0] === undefined ? null : limits[0].name === 'limit-iface-in' ? 'in' : 'out'
  for (const option of options) {
    if (limits.includes(option)) continue
    const side = option.name === 'src-type' ? 'source' : option.name === 'dst-type' ? 'destination' : null
    const types = (oneValue(option) ?? '').split(',').map((text) => ADDRESS_TYPES.find((type) => type === text))
    if (side === null || !types.every((type): type is AddressType => type !== undefined)) return null
    matches.push({ kind: 'address-type', side, types, limitInterface, negated: option.negated })
  }
  return matches
}

function readMark(kind: 'mark' | 'connmark', option: Option): Match | null {
  const masked = readMasked(oneValue(option) ?? '')
  return option.name !== 'mark' || masked === null ? null : { kind, ...masked, negated: option.negated }
}

function readPhysdev(option: Option): Match | null {
  const { name, negated } = option
  const test = PHYSDEV_TESTS.get(name)
  if (test === undefined) return null
  if (test === 'in' || test === 'out') {
    const device = oneValue(option)
    return device === null ? null : { kind: 'physdev', test, name: device, negated }
  }
  return option.values.length === 0 ? { kind: 'physdev', test, name: null, negated } : null
}

const PHYSDEV_TESTS: ReadonlyMap<string, 'in' | 'out' | 'is-in' | 'is-out' | 'is-bridged'> = new Map(
  Object.entries<'in' | 'out' | 'is-in' | 'is-out' | 'is-bridged'>({
    'physdev-in': 'in',
    'physdev-out': 'out',
    'physdev-is-in': 'is-in',
    'physdev-is-out': 'is-out',
    'physdev-is-bridged': 'is-bridged',
  }),
)

function readIpRange(option: Option): Match | null {
  const side = option.name === 'src-range' ? 'source' : option.name === 'dst-range' ? 'destination' : null
  const [from = '', to = from, extra] = (oneValue(option) ?? '').split('-')
  if (side === null || extra !== undefined || parseAddress(from) === null || parseAddress(to) === null) return null
  return { kind: 'ip-range', side, from, to, negated: option.negated }
}

function readMac(option: Option): Match | null {
  const mac = (oneValue(option) ?? '').toLowerCase()
  if (option.name !== 'mac-source' || !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) return null
  return { kind: 'mac-source', mac, negated: option.negated }
}

function readPacketType(option: Option): Match | null {
  const value = oneValue(option)
  if (option.name !== 'pkt-type') return null
  if (value !== 'unicast' && value !== 'broadcast' && value !== 'multicast') return null
  return { kind: 'packet-type', type: value, negated: option.negated }
}

function readTtl(prefix: 'ttl' | 'hl', option: Option): Match | null {
  const test = (['eq', 'lt', 'gt'] as const).find((word) => option.name === `${prefix}-${word}`)
  const value = readDecimal(oneValue(option) ?? '')
  return test === undefined || value === null ? null : { kind: 'ttl', test, value, negated: option.negated }
}

function readLength(option: Option): Match | null {
  const range = readRange(oneValue(option) ?? 'none')
  return option.name !== 'length' || range === null ? null : { kind: 'length', range, negated: option.negated }
}

/** What a set has counted is not known; whether it counts the packet decides nothing. */
function readSet(options: readonly Option[]): readonly Match[] | null {
  const [option, ...others] = options
  if (option === undefined || option.name !== 'match-set') return null
  if (!onlyNamed(others, ['return-nomatch', 'update-counters', 'update-subcounters'])) return null
  const [name, words = '', more] = option.values
  const directions = words.split(',')
  if (name === undefined || more !== undefined) return null
  if (!directions.every((word): word is 'src' | 'dst' => word === 'src' || word === 'dst')) return null
  const returnNomatch = others.some((other) => other.name === 'return-nomatch')
  return [{ kind: 'set', name, directions, ...(returnNomatch ? { returnNomatch } : {}), negated: option.negated }]
}

function readComment(option: Option): Match | null {
  const text = oneValue(option)
  return option.name !== 'comment' || text === null ? null : { kind: 'comment', text }
}
