import type { Trace, TraceReport } from '../../../src/core/trace/trace-report.ts'

/** Returns how many hops, frames, steps and tried rules a report holds altogether. */
export function countSteps(report: TraceReport): number {
  return report.exchanges.reduce(
    (sum, exchange) => sum + countTrace(exchange.forward) + (exchange.reply === null ? 0 : countTrace(exchange.reply)),
    0,
  )
}

function countTrace(trace: Trace): number {
  return trace.hops.reduce((sum, hop) => sum + 1 + hop.frames.length + hop.steps.length, 0)
}
