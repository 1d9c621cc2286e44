import type { Exchange, Trace, TraceReport } from '../../src/core/trace/trace-report.ts'
import type { Step, StepKind } from '../../src/core/trace/step.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import { checkReport } from '../../src/core/trace/check-trace.ts'
import { traceFlow, type TraceOptions } from '../../src/core/tracer/trace-flow.ts'

/** Traces a flow that must be traceable, and checks the report's invariants on the way. */
export function trace(state: HostState, flow: Flow, options: TraceOptions = {}): TraceReport {
  const outcome = traceFlow(state, flow, options)
  if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.message}`)
  const violations = checkReport(outcome.report)
  if (violations.length > 0) throw new Error(JSON.stringify(violations, null, 1))
  return outcome.report
}

export const ping = (from: string, to: string, more: Partial<Flow> = {}): Flow => ({
  from,
  to,
  protocol: 'icmp',
  ...more,
})
export const syn = (from: string, to: string, destinationPort: number, more: Partial<Flow> = {}): Flow => ({
  from,
  to,
  protocol: 'tcp',
  destinationPort,
  ...more,
})
export const datagram = (from: string, to: string, destinationPort: number): Flow => ({
  from,
  to,
  protocol: 'udp',
  destinationPort,
})

/** The exchange that was asked about. */
export function mainOf(report: TraceReport): Exchange {
  const main = report.exchanges.find((exchange) => exchange.main)
  if (main === undefined) throw new Error('no main exchange')
  return main
}

export function replyOf(report: TraceReport): Trace {
  const { reply } = mainOf(report)
  if (reply === null) throw new Error('no reply')
  return reply
}

/** What tcpdump shows, a frame a line: `host docker0 in 172.17.0.2 > 203.0.113.80 ttl 64`. */
export function frames(trace: Trace): string[] {
  return trace.hops.flatMap((hop) =>
    hop.frames.map((frame) => {
      const end = (address: string, port: number | undefined): string =>
        port === undefined ? address : `${address}:${port}`
      const ends = `${end(frame.src, frame.sourcePort)} > ${end(frame.dst, frame.destinationPort)}`
      return `${hop.netns} ${hop.device} ${frame.direction} ${ends} ttl ${frame.ttl}`
    }),
  )
}

/** The devices that show a frame, without addresses: `host docker0 in`. */
export function places(trace: Trace): string[] {
  return trace.hops.flatMap((hop) => hop.frames.map((frame) => `${hop.netns} ${hop.device} ${frame.direction}`))
}

/** The rules that matched, in order. */
export function matched(trace: Trace): string[] {
  return steps(trace, 'rule').map((step) => step.rule)
}

/** All steps of a kind, in order. */
export function steps<K extends StepKind>(trace: Trace, kind: K): Extract<Step, { kind: K }>[] {
  return trace.hops.flatMap((hop) => hop.steps).filter((step): step is Extract<Step, { kind: K }> => step.kind === kind)
}

/** The ICMP type and code of the packet that a trace begins with, or null. */
export function icmpOf(trace: Trace): string | null {
  const icmp = trace.hops[0]?.packet.icmp
  return icmp === undefined ? null : `${icmp.type}/${icmp.code}`
}
