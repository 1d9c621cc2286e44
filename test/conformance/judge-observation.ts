import type { HostState } from '../../src/core/host/host-state.ts'
import { observeReport } from '../../src/core/observe/observe-report.ts'
import { assembleObservation } from '../../src/core/parse/live/assemble-observation.ts'
import type { RawObservation } from '../../src/core/parse/live/raw-observation.ts'
import { checkReport } from '../../src/core/trace/check-trace.ts'
import { compareReports } from '../../src/core/trace/compare-reports.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { compareTruth, type Disagreement } from './compare-truth.ts'
import { expectedTruth } from './expected-truth.ts'
import { hideChosenPort } from './observed-truth.ts'
import type { Truth } from './truth.ts'

/** A report that was made of what Hopwire's watcher saw, held against what the run's own taps and counters saw. */
export interface ObservedCheck {
  readonly raw: RawObservation
  readonly report: TraceReport
  /** Between the report (`predicted`) and the truth (`observed`). */
  readonly disagreements: readonly Disagreement[]
  /** Where the prediction and the observed report part; null where they agree, or where the engine cannot tell. */
  readonly divergence: string | null
}

/** All that a probe was watched with; `predicted` is the prediction for exactly this probe. */
export interface WatchedFlow {
  readonly state: HostState
  readonly predicted: TraceReport
  readonly raw: RawObservation
  readonly truth: Truth
}

/**
 * Makes the observed report and compares it. What the sender saw is compared where the report tells it. Throws when the
 * watcher's own output cannot be read, or when something that is there on every host could not be watched.
 */
export function judgeObservation({ state, predicted, raw, truth }: WatchedFlow): ObservedCheck {
  const { value: observation, problems } = assembleObservation(raw)
  const lacks = observation.watched.flatMap(({ netns, lacks: own }) => own.map(({ why }) => `${netns}: ${why}`))
  const [trouble] = [...problems.map(({ message }) => message), ...lacks]
  if (trouble !== undefined) throw new Error(`the watch: ${trouble}`)
  const report = observeReport({ state, flow: predicted.flow, predicted, observation })
  const [violation] = checkReport(report)
  if (violation !== undefined) throw new Error(`the observed report is none: ${JSON.stringify(violation)}`)
  const reduced = expectedTruth(report, { discovery: true })
  const id = predicted.flow.sourcePort ?? 0
  const shown = { ...reduced, frames: reduced.frames.map((frame) => hideChosenPort(frame, id)) }
  const tells = shown.outcome !== 'cannot-tell'
  const disagreements = compareTruth(shown, truth).filter(({ about }) => about !== 'outcome' || tells)
  const decided = predicted.disposition !== 'cannot-tell'
  const divergence = decided ? compareReports(predicted, report, state).divergence : null
  return { raw, report, disagreements, divergence }
}
