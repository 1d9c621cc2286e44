import type { HostState } from '../host/host-state.ts'
import type { Packet } from '../net/packet.ts'
import type { Flow } from '../trace/flow.ts'
import { type Exchange, TRACE_SCHEMA, type TraceReport } from '../trace/trace-report.ts'
import { converse, type Question, type Sender } from './converse.ts'
import { endWithQuestion, exchangeDns } from './exchange-dns.ts'
import { findWireMac } from './find-outlet.ts'
import { type FlowProblem, type Found, found, problem } from './flow-problem.ts'
import { makeQuestion } from './make-question.ts'
import { type EndSpec, parseEnd } from './parse-end.ts'
import { type PreparedHost, prepareHost } from './prepare-host.ts'
import { pickSourcePort } from './pick-source-port.ts'
import { resolveSource, type Source } from './resolve-source.ts'
import { resolveTarget, type Target } from './resolve-target.ts'
import { createWorld, type World } from './world.ts'

/** `tried` records the rules that were looked at and did not match. */
export interface TraceOptions {
  readonly tried?: boolean
}

/** A prediction, or what is wrong with the question. */
export type TraceOutcome =
  | { readonly ok: true; readonly report: TraceReport }
  | { readonly ok: false; readonly problem: FlowProblem }

/** The flow with its ends understood. */
interface ReadFlow {
  readonly source: Source
  readonly target: Target
  readonly sourcePort: number
  readonly destinationPort: number
}

/**
 * Predicts what becomes of a flow's first packet and of its answer on a host, with the ARP and DNS questions that come
 * before it. Pure: the same state and flow give the same report. A flow that names what does not exist, or that is
 * malformed, is a problem and not a disposition. Throws only on a host state that breaks its own rules.
 */
export function traceFlow(state: HostState, flow: Flow, options: TraceOptions = {}): TraceOutcome {
  const host = prepareHost(state)
  const read = readFlow(host, flow)
  if (!read.ok) return read
  const world = createWorld(host, { tried: options.tried ?? false })
  const { source, target } = read.value
  if (target.warning !== null) world.warnings.add(target.warning)
  const names = exchangeDns(world, source, target.questions)
  const ended = endWithQuestion(names, source)
  if (ended !== null) return { ok: true, report: writeReport(host, world, flow, ended) }
  if (names.lost !== null) {
    const { label, reply } = names.lost
    const message = `the answer to "${label}" does not reach ${source.label}: ${reply?.reason ?? ''}`
    return { ok: false, problem: { code: 'unknown-name', message } }
  }
  if (target.problem !== null) return { ok: false, problem: target.problem }
  const exchanges = [...names.exchanges, ...converse(world, mainQuestion(host, flow, read.value, target.address))]
  return { ok: true, report: writeReport(host, world, flow, exchanges) }
}

function readFlow(host: PreparedHost, flow: Flow): Found<ReadFlow> {
  const from = readEnd(flow.from)
  if (!from.ok) return from
  const to = readEnd(flow.to)
  if (!to.ok) return to
  const ports = readPorts(flow, from.value, to.value)
  if (!ports.ok) return ports
  const source = resolveSource(host, from.value)
  if (!source.ok) return source
  const target = resolveTarget(host, source.value, to.value)
  if (!target.ok) return target
  const known = source.value.kind === 'outside' ? source.value.address : source.value.address
  const { address } = target.value
  if (known !== null && address !== null && known.includes(':') !== address.includes(':'))
    return problem('bad-flow', `${known} and ${address} are of different IP versions`)
  const sourcePort = ports.value.sourcePort ?? pickSourcePort(host, source.value.ns, flow.protocol)
  return found({
    source: source.value,
    target: target.value,
    sourcePort,
    destinationPort: ports.value.destinationPort ?? 0,
  })
}

function readEnd(text: string): Found<EndSpec> {
  const end = parseEnd(text)
  return end.kind === 'bad' ? problem('bad-flow', end.message) : found(end)
}

interface Ports {
  readonly sourcePort: number | null
  readonly destinationPort: number | null
}

function readPorts(flow: Flow, from: EndSpec, to: EndSpec): Found<Ports> {
  for (const port of [flow.sourcePort, flow.destinationPort]) {
    if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65535))
      return problem('bad-flow', `${port} is not a port (1 to 65535)`)
  }
  for (const [name, value, least, most] of [
    ['ttl', flow.ttl, 1, 255],
    ['length', flow.length, 28, 65535],
  ] as const) {
    if (value !== undefined && (!Number.isInteger(value) || value < least || value > most))
      return problem('bad-flow', `${name} ${value} is not between ${least} and ${most}`)
  }
  const destinationPort = flow.destinationPort ?? to.port
  if (flow.destinationPort !== undefined && to.port !== null && flow.destinationPort !== to.port)
    return problem('bad-flow', `two destination ports: ${to.port} in "${flow.to}" and ${flow.destinationPort}`)
  if (flow.protocol === 'icmp' && destinationPort !== null)
    return problem('bad-flow', 'ICMP has no ports', 'use --proto tcp or --proto udp')
  if (flow.protocol !== 'icmp' && (destinationPort === null || destinationPort === 0))
    return problem('bad-flow', `${flow.protocol} needs a destination port`, `write ${flow.to}:PORT or --port PORT`)
  return found({ sourcePort: flow.sourcePort ?? from.port, destinationPort })
}

const LABELS = { icmp: 'ICMP echo', tcp: 'TCP SYN', udp: 'UDP datagram' } as const
const ARTICLES = { icmp: 'an', tcp: 'a', udp: 'a' } as const

function mainQuestion(host: PreparedHost, flow: Flow, read: ReadFlow, address: string): Question {
  const { source, target, sourcePort, destinationPort } = read
  const packet = makeQuestion(source.kind === 'inside' ? source.ns.netns : null, {
    protocol: flow.protocol,
    src: source.address,
    dst: address,
    sourcePort,
    destinationPort,
    ...(flow.ttl === undefined ? {} : { ttl: flow.ttl }),
    ...(flow.length === undefined ? {} : { length: flow.length }),
    ...(flow.dontFragment === undefined ? {} : { dontFragment: flow.dontFragment }),
  })
  const label = LABELS[flow.protocol]
  const why = `${source.label} sends ${ARTICLES[flow.protocol]} ${label} to ${address}.`
  const framed = source.kind === 'inside' ? packet : arriving(host, source, packet)
  return { sender: senderOf(source, target.link), packet: framed, label, protocol: packet.protocol, main: true, why }
}

function arriving(host: PreparedHost, source: Extract<Source, { kind: 'outside' }>, packet: Packet): Packet {
  const { ns, device, tag } = source
  const nic = ns.index.interfaces.get(device)
  const mac = nic === undefined ? null : findWireMac(host, { ns, device: nic, tag: tag ?? null }, packet.dst)
  return { ...packet, sourceMac: source.mac, destinationMac: mac }
}

function senderOf(source: Source, towards: string | undefined): Sender {
  const { ns, label } = source
  if (source.kind === 'outside') {
    const sender = { kind: 'outside', ns, device: source.device, by: label } as const
    return source.tag === undefined ? sender : { ...sender, tag: source.tag }
  }
  const link = towards ?? source.link
  return { kind: 'inside', ns, bound: source.address !== null, by: label, ...(link === undefined ? {} : { link }) }
}

function writeReport(host: PreparedHost, world: World, flow: Flow, exchanges: readonly Exchange[]): TraceReport {
  const main = exchanges.find((exchange) => exchange.main)
  if (main === undefined) throw new Error('a conversation without its main exchange')
  const { engine } = host.state
  return {
    schema: TRACE_SCHEMA,
    origin: 'predicted',
    engine: { name: engine.name, version: engine.version },
    flow,
    disposition: main.forward.disposition,
    reason: main.forward.reason,
    exchanges,
    warnings: [...world.warnings],
  }
}
