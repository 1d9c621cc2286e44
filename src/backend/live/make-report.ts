import type { HostState } from '../../core/host/host-state.ts'
import type { Observation } from '../../core/observe/observation.ts'
import { wordEnded } from '../../core/observe/word-ended.ts'
import { wordLacks } from '../../core/observe/word-lacks.ts'
import { observeReport } from '../../core/observe/observe-report.ts'
import type { Frame } from '../../core/parse/frames.ts'
import { assembleObservation } from '../../core/parse/live/assemble-observation.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import { compareReports } from '../../core/trace/compare-reports.ts'
import type { Flow } from '../../core/trace/flow.ts'
import { LIVE_SCHEMA, type LiveReport, type ProbeKind } from '../../core/trace/live-report.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import type { PlannedWatch } from './plan-watch.ts'
import { readObservation } from './read-observation.ts'
import type { WatchPhase } from './watch-plan.ts'

/** Takes down when a live trace reached a phase for the first time. */
export interface LiveClock {
  note(phase: WatchPhase): void
  timing(): LiveReport['timing']
}

/** Returns a clock that starts now. */
export function startClock(): LiveClock {
  const began = performance.now()
  const at = new Map<WatchPhase, number>()
  const since = (): number => performance.now() - began
  return {
    note: (phase) => void (at.has(phase) || at.set(phase, since())),
    timing: () => ({ ready: at.get('ready') ?? since(), firstHop: at.get('first') ?? null, whole: since() }),
  }
}

/** What was seen, and what could not be. */
export interface Seen {
  readonly observation: Observation
  readonly lacks: readonly string[]
  readonly clock: LiveClock
}

/** Reads what a watch printed. What of it cannot be read is a lack like any other. */
export function readWatch(
  state: HostState,
  watch: PlannedWatch,
  frames: Parsed<readonly Frame[]>,
  clock: LiveClock,
): Seen {
  const read = assembleObservation(readObservation(state, watch, frames.value))
  const lacks = wordLacks(read.value.watched)
  const problems = [...frames.problems, ...read.problems].map(({ message, path }) =>
    path === undefined ? message : `${path}: ${message}`,
  )
  return { observation: read.value, lacks: [...lacks, ...problems], clock }
}

/** Puts both reports side by side. */
export function makeReport(parts: {
  readonly probe: ProbeKind
  readonly state: HostState
  readonly flow: Flow
  readonly predicted: TraceReport
  readonly observation: Observation
  readonly lacks: readonly string[]
  readonly clock: LiveClock
}): LiveReport {
  const { probe, state, flow, predicted, observation, lacks, clock } = parts
  const observed = observeReport({ state, flow, predicted, observation })
  const comparison = compareReports(predicted, observed, state)
  const { divergence } = comparison
  // A container that ends takes its rules, routes and neighbours with it: that is known, and comes before what differs.
  const ended = wordEnded(observation.watched)
  return {
    schema: LIVE_SCHEMA,
    probe,
    predicted,
    observed,
    comparison: { ...comparison, divergence: divergence === null ? null : [...ended, divergence].join(' ') },
    lacks,
    timing: clock.timing(),
  }
}
