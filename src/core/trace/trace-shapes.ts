/** Shapes of reports that come from outside, a saved session: every field of every part. */
import type { FieldDiff, IcmpHeader, Packet } from '../net/packet.ts'
import {
  byKind,
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  textThat,
} from '../host/shape.ts'
import { type Disposition, DISPOSITIONS } from './disposition.ts'
import type { Evidence } from './evidence.ts'
import type { Flow } from './flow.ts'
import type { Step, TriedRule } from './step.ts'
import {
  type Exchange,
  type Frame,
  type Hop,
  type ReportEngine,
  TRACE_SCHEMA,
  type TraceReport,
} from './trace-report.ts'
import type { Trace } from './trace-report.ts'

const port = integer(0, 65535)
const family = oneOf('ip', 'ip6', 'inet', 'bridge', 'arp', 'netdev')
const names = ['icmp', 'icmpv6', 'tcp', 'udp', 'sctp', 'arp']
const protocol = textThat('a protocol', (value) => names.includes(value) || /^\d{1,3}$/.test(value))
const arp = oneOf('request', 'reply')

const flow = object<Flow>({
  from: text,
  to: text,
  protocol: oneOf('icmp', 'tcp', 'udp'),
  sourcePort: optional(port),
  destinationPort: optional(port),
  ttl: optional(integer(1, 255)),
  length: optional(integer(20, 65535)),
  dontFragment: optional(flag),
})

const icmp = object<IcmpHeader>({
  type: integer(0, 255),
  code: integer(0, 255),
  id: optional(port),
  sequence: optional(port),
  mtu: optional(integer(0)),
})

/** A packet quotes another one, which may quote one, too. */
const packet: Shape = (value, path, report) =>
  object<Packet>({
    family: oneOf(4, 6),
    protocol,
    src: text,
    dst: text,
    sourcePort: optional(port),
    destinationPort: optional(port),
    icmp: optional(icmp),
    tcpFlags: optional(list(oneOf('syn', 'ack', 'rst', 'fin', 'psh', 'urg'))),
    ttl: integer(0, 255),
    tos: optional(integer(0, 255)),
    length: integer(0),
    dontFragment: flag,
    sourceMac: nullable(text),
    destinationMac: nullable(text),
    quoted: optional(packet),
    arp: optional(arp),
  })(value, path, report)

const evidence = object<Evidence>({
  basis: oneOf('state', 'synth', 'assumed', 'nft-trace', 'frame', 'counter', 'drop-reason', 'prediction'),
  note: optional(text),
})

const base = {
  evidence,
  diff: list(object<FieldDiff>({ field: text, before: text, after: text })),
  why: text,
}
const tried = optional(list(object<TriedRule>({ rule: text, failed: text })))
const place = { ...base, family, table: text, chain: text, hook: text, triedBefore: integer(0), tried }
const tunnel = { ...base, device: text, protocol: text }

const verdict = oneOf(
  'accept',
  'drop',
  'reject',
  'return',
  'jump',
  'goto',
  'continue',
  'dnat',
  'snat',
  'masquerade',
  'redirect',
  'netmap',
  'mark',
  'notrack',
  'queue',
)

const step = byKind<Step>({
  originate: { ...base, packet, by: text },
  enter: { ...base, device: text },
  bridge: { ...base, bridge: text, decision: oneOf('forward', 'flood', 'local', 'drop'), ports: list(text) },
  route: {
    ...base,
    decision: oneOf('forward', 'local', 'none', 'unreachable', 'prohibit', 'blackhole'),
    table: nullable(text),
    route: nullable(text),
    via: nullable(text),
    device: nullable(text),
  },
  rule: { ...place, rule: text, verdict, target: text },
  policy: { ...place, verdict: oneOf('accept', 'drop') },
  conntrack: {
    ...base,
    state: oneOf('new', 'established', 'related', 'invalid', 'untracked'),
    action: oneOf('lookup', 'create', 'translate', 'confirm'),
    entry: text,
  },
  neighbor: { ...base, address: text, device: text, mac: nullable(text), state: text },
  cross: { ...base, device: text, toNetns: text, toDevice: text },
  encapsulate: tunnel,
  decapsulate: tunnel,
  proxy: { ...base, process: text, listens: text, connects: text },
  deliver: { ...base, to: oneOf('socket', 'kernel'), socket: nullable(text), process: nullable(text) },
  exit: { ...base, device: text },
  drop: { ...base, reason: text },
  unknown: { ...base, what: text },
})

const frame = object<Frame>({
  direction: oneOf('in', 'out'),
  src: text,
  dst: text,
  protocol,
  sourcePort: optional(port),
  destinationPort: optional(port),
  icmp: optional(icmp),
  arp: optional(arp),
  ttl: integer(0, 255),
  sourceMac: nullable(text),
  destinationMac: nullable(text),
  length: integer(0),
  at: optional(number),
})

const disposition = oneOf<Disposition>(...DISPOSITIONS)

const hop = object<Hop>({
  netns: text,
  device: nullable(text),
  kind: oneOf('interface', 'veth', 'bridge', 'stack', 'nic', 'loopback', 'tunnel', 'external'),
  packet,
  frames: list(frame),
  steps: list(step),
})

const trace = object<Trace>({ disposition, reason: text, hops: list(hop) })

const exchange = object<Exchange>({
  label: text,
  protocol: textThat('a protocol', (value) => value === 'dns' || names.includes(value) || /^\d{1,3}$/.test(value)),
  main: flag,
  forward: trace,
  reply: nullable(trace),
})

/** The shape of a report, predicted or observed. Whether it makes sense is for check-trace to say. */
export const traceReportShape: Shape = object<TraceReport>({
  schema: oneOf(TRACE_SCHEMA),
  origin: oneOf('predicted', 'observed'),
  engine: object<ReportEngine>({ name: text, version: text }),
  flow,
  disposition,
  reason: text,
  exchanges: list(exchange),
  warnings: list(text),
})
