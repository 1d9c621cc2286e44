import type { Packet } from '../../../src/core/net/packet.ts'
import type { Disposition } from '../../../src/core/trace/disposition.ts'
import type { Step } from '../../../src/core/trace/step.ts'
import {
  TRACE_SCHEMA,
  type Exchange,
  type Frame,
  type Hop,
  type Trace,
  type TraceReport,
} from '../../../src/core/trace/trace-report.ts'

/** A 84 byte ICMP echo request, or what is made of it. */
export function packet(src: string, dst: string, more: Partial<Packet> = {}): Packet {
  return {
    family: src.includes(':') ? 6 : 4,
    protocol: 'icmp',
    src,
    dst,
    icmp: { type: 8, code: 0, id: 1, sequence: 0 },
    ttl: 64,
    length: 84,
    dontFragment: true,
    sourceMac: null,
    destinationMac: null,
    ...more,
  }
}

/** A TCP segment with ports instead of ICMP fields. */
export function segment(
  src: string,
  sport: number,
  dst: string,
  dport: number,
  flags: Packet['tcpFlags'],
  ttl = 64,
): Packet {
  const { icmp: _icmp, ...rest } = packet(src, dst, { protocol: 'tcp', ttl, length: 60 })
  return { ...rest, sourcePort: sport, destinationPort: dport, ...(flags && { tcpFlags: flags }) }
}

/** What every step has, read from the host. */
export const READ = { evidence: { basis: 'state' }, diff: [], why: '' } as const

/** A rule of an iptables table; its chain is the one that the rule names. */
export function rule(
  table: string,
  hook: string,
  text: string,
  verdict: RuleStep['verdict'],
  more: Partial<RuleStep> = {},
): Step {
  const chain = /^-A (\S+)/.exec(text)?.[1] ?? hook
  const target = /-j (\S+)/.exec(text)?.[1] ?? ''
  return {
    kind: 'rule',
    family: 'ip',
    table,
    chain,
    hook,
    rule: text,
    verdict,
    target,
    triedBefore: 0,
    ...READ,
    ...more,
  }
}

type RuleStep = Extract<Step, { kind: 'rule' }>

/** A hop; `directions` are those of its frames. */
export function hop(
  place: string,
  kind: Hop['kind'],
  at: Packet,
  directions: readonly Frame['direction'][],
  ...steps: Step[]
): Hop {
  const [netns = 'host', device = null] = place.split(' ')
  const { family: _f, tcpFlags: _t, dontFragment: _d, ...headers } = at
  return { netns, device, kind, packet: at, frames: directions.map((direction) => ({ direction, ...headers })), steps }
}

export function trace(disposition: Disposition, reason: string, ...hops: Hop[]): Trace {
  return { disposition, reason, hops }
}

export function exchange(
  label: string,
  protocol: Exchange['protocol'],
  forward: Trace,
  reply: Trace | null,
  main = true,
): Exchange {
  return { label, protocol, main, forward, reply }
}

/** A report of Docker 28.5.2 whose fate is its main exchange's. */
export function report(
  flow: TraceReport['flow'],
  exchanges: readonly Exchange[],
  warnings: readonly string[] = [],
): TraceReport {
  const main = exchanges.find((candidate) => candidate.main)
  if (main === undefined) throw new Error('a report needs a main exchange')
  const { disposition, reason } = main.forward
  const engine = { name: 'Docker', version: '28.5.2' }
  return { schema: TRACE_SCHEMA, origin: 'predicted', engine, flow, disposition, reason, exchanges, warnings }
}
