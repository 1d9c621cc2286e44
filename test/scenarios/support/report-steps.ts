import type { Step } from '../../../src/core/trace/step.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'

/** All steps of the asked packet on its way there, in one namespace, in order. */
export function stepsOf(report: TraceReport, netns: string): readonly Step[] {
  const main = report.exchanges.find((exchange) => exchange.main)
  return main?.forward.hops.filter((hop) => hop.netns === netns).flatMap((hop) => hop.steps) ?? []
}
