import type { HostState } from '../../src/core/host/host-state.ts'
import { compareReports } from '../../src/core/trace/compare-reports.ts'
import { LIVE_SCHEMA, type LiveReport } from '../../src/core/trace/live-report.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { observeReport } from './observe-report.ts'

/** Returns a live trace of a predicted report, observed as predicted or as given. */
export function liveReport(
  predicted: TraceReport,
  observed: TraceReport = observeReport(predicted),
  host: HostState | null = null,
  more: Partial<LiveReport> = {},
): LiveReport {
  return {
    schema: LIVE_SCHEMA,
    probe: 'auto',
    predicted,
    observed,
    comparison: compareReports(predicted, observed, host),
    lacks: [],
    timing: { ready: 212.4, firstHop: 231.8, whole: 486.2 },
    ...more,
  }
}
