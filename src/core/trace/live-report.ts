import type { ReportComparison } from './compare-reports.ts'
import type { TraceReport } from './trace-report.ts'

export const LIVE_SCHEMA = 'hopwire.live/1'

/** How a live trace asks. `auto` is an echo request, a datagram, or a lone SYN, as the flow's protocol has it. */
export type ProbeKind = 'auto' | 'syn' | 'connect' | 'dns' | 'http'

/** One live trace: what was predicted, what was observed of one real probe, and where the two part. */
export interface LiveReport {
  readonly schema: typeof LIVE_SCHEMA
  readonly probe: ProbeKind
  readonly predicted: TraceReport
  readonly observed: TraceReport
  readonly comparison: ReportComparison
  /** What the observation does without and why, one sentence each; empty when all could be watched. */
  readonly lacks: readonly string[]
  /** Milliseconds: until everything watched, to the first observed hop, and of the whole. */
  readonly timing: { readonly ready: number; readonly firstHop: number | null; readonly whole: number }
}
