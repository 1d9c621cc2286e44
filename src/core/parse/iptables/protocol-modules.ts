import type { Match, PortRange } from '../../host/match.ts'
import { each, type ModuleReader } from './module-reader.ts'
import { type Option, oneValue } from './options.ts'
import { readDecimal, readRange } from './values.ts'

/** Modules that look at ports and flags. */
export const PROTOCOL_MODULES: ReadonlyMap<string, ModuleReader> = new Map(
  Object.entries<ModuleReader>({
    tcp: each((option) => readPort('tcp', option) ?? readTcp(option)),
    udp: each((option) => readPort('udp', option)),
    udplite: each((option) => readPort('udplite', option)),
    sctp: each((option) => readPort('sctp', option)),
    dccp: each((option) => readPort('dccp', option)),
    multiport: each(readMultiport),
  }),
)

type PortProtocol = 'tcp' | 'udp' | 'sctp' | 'dccp' | 'udplite'

function readPort(protocol: PortProtocol, option: Option): Match | null {
  const side = PORT_SIDES.get(option.name)
  const range = readRange(oneValue(option) ?? 'none')
  return side === undefined || range === null ? null : { kind: side, protocol, range, negated: option.negated }
}

const PORT_SIDES: ReadonlyMap<string, 'source-port' | 'destination-port'> = new Map(
  Object.entries<'source-port' | 'destination-port'>({
    sport: 'source-port',
    'source-port': 'source-port',
    dport: 'destination-port',
    'destination-port': 'destination-port',
  }),
)

const ALL_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const

function readTcp(option: Option): Match | null {
  const { name, negated, values } = option
  if (name === 'syn' && values.length === 0) {
    return { kind: 'tcp-flags', mask: ['FIN', 'SYN', 'RST', 'ACK'], set: ['SYN'], negated }
  }
  if (name === 'tcp-option') {
    const number = readDecimal(oneValue(option) ?? '')
    return number === null ? null : { kind: 'tcp-option', option: number, negated }
  }
  if (name !== 'tcp-flags' || values.length !== 2) return null
  const mask = readFlags(values[0] ?? '')
  const set = readFlags(values[1] ?? '')
  return mask === null || set === null ? null : { kind: 'tcp-flags', mask, set, negated }
}

function readFlags(text: string): readonly string[] | null {
  if (text === 'ALL') return ALL_FLAGS
  if (text === 'NONE') return []
  const flags = text.split(',')
  return flags.every((flag) => ALL_FLAGS.some((known) => known === flag)) ? flags : null
}

function readMultiport(option: Option): Match | null {
  const side = MULTIPORT_SIDES.get(option.name)
  const ranges = (oneValue(option) ?? '').split(',').map((text) => readRange(text))
  if (side === undefined || !ranges.every((range): range is PortRange => range !== null)) return null
  return { kind: 'multiport', side, ranges, negated: option.negated }
}

const MULTIPORT_SIDES: ReadonlyMap<string, 'source' | 'destination' | 'either'> = new Map(
  Object.entries<'source' | 'destination' | 'either'>({
    sports: 'source',
    dports: 'destination',
    ports: 'either',
  }),
)

/** Reads the one option of `-m icmp` and `-m icmp6`; null when it is not modelled. */
export function readIcmpType(version: 4 | 6, name: string, option: Option): Match | null {
  const text = oneValue(option)
  if (option.name !== name || text === null) return null
  const { negated } = option
  if (version === 4 && text === 'any') {
    return { kind: 'icmp-type', version, type: 255, code: { from: 0, to: 255 }, negated }
  }
  const [first = '', second] = text.split('/')
  const type = readDecimal(first)
  const code = second === undefined ? { from: 0, to: 255 } : readRange(second, ':', 255)
  if (type === null || type > 255 || code === null) return null
  return { kind: 'icmp-type', version, type, code, negated }
}
