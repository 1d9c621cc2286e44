import type { Flow } from '../../core/trace/flow.ts'
import { parseEnd, type WrittenEnd } from './parse-endpoint.ts'
import { parseWhole } from './parse-number.ts'
import { parsed, type Parsed } from './parsed.ts'

/** What was written of one flow, still as text. */
export interface WrittenFlow {
  readonly from: string
  readonly to: string
  readonly protocol?: string | undefined
  readonly port?: string | undefined
  readonly sourcePort?: string | undefined
}

export type FlowField = keyof WrittenFlow

/** How the fields are called where the flow was written, for the refusals. */
export type FieldNames = Readonly<Record<FlowField, string>>

/** The names on the command line. */
export const OPTION_NAMES: FieldNames = {
  from: 'FROM',
  to: 'TO',
  protocol: '--proto',
  port: '--port',
  sourcePort: '--source-port',
}

/** The names in a line of a flows file. */
export const MEMBER_NAMES: FieldNames = {
  from: '"from"',
  to: '"to"',
  protocol: '"protocol"',
  port: '"destinationPort"',
  sourcePort: '"sourcePort"',
}

/** A flow, or what is wrong with it and in which field. */
export type BuiltFlow =
  | { readonly ok: true; readonly flow: Flow }
  | { readonly ok: false; readonly problem: string; readonly field: FlowField }

const PROTOCOLS = ['icmp', 'tcp', 'udp'] as const
type FlowProtocol = (typeof PROTOCOLS)[number]

/**
 * The flow that was asked about. A port without a protocol means TCP, neither means ICMP echo. Refuses tcp and udp
 * without a port, icmp with one, and a port that is given twice with different values.
 */
export function buildFlow(written: WrittenFlow, names: FieldNames): BuiltFlow {
  const from = parseEnd(names.from, written.from)
  if (!from.ok) return { ...from, field: 'from' }
  const to = parseEnd(names.to, written.to)
  if (!to.ok) return { ...to, field: 'to' }
  const port = choosePort(names.port, written.port, to.value, written.to, 1)
  if (!port.ok) return { ...port, field: 'port' }
  const protocol = chooseProtocol(written.protocol, port.value, names)
  if (!protocol.ok) return { ...protocol, field: 'protocol' }
  // The echo id 0 is a legal one, port 0 is not.
  const lowest = protocol.value === 'icmp' ? 0 : 1
  const source = choosePort(names.sourcePort, written.sourcePort, from.value, written.from, lowest)
  if (!source.ok) return { ...source, field: 'sourcePort' }
  const flow = {
    from: from.value.name,
    to: to.value.name,
    protocol: protocol.value,
    ...(source.value !== null && { sourcePort: source.value }),
    ...(port.value !== null && { destinationPort: port.value }),
  }
  return { ok: true, flow }
}

function chooseProtocol(written: string | undefined, port: number | null, names: FieldNames): Parsed<FlowProtocol> {
  if (written === undefined) return parsed(port === null ? 'icmp' : 'tcp')
  const protocol = PROTOCOLS.find((name) => name === written)
  const refuse = (problem: string): Parsed<never> => ({ ok: false, problem: `${names.protocol} ${problem}` })
  if (protocol === undefined) return refuse(`"${written}" is not one of icmp, tcp, udp`)
  if (protocol === 'icmp' && port !== null) return refuse(`icmp has no ports, but port ${port} was given`)
  if (protocol !== 'icmp' && port === null) return refuse(`${protocol} needs a port: ${names.port} N, or ${names.to}:N`)
  return parsed(protocol)
}

function choosePort(
  name: string,
  given: string | undefined,
  end: WrittenEnd,
  whole: string,
  lowest: number,
): Parsed<number | null> {
  if (given === undefined) return parsed(end.port)
  const number = parseWhole(name, given, lowest, 65535)
  if (!number.ok || end.port === null || end.port === number.value) return number
  return { ok: false, problem: `${name} ${given} contradicts "${whole}"; give the port once` }
}
