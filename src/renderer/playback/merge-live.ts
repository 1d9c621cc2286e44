import type { LineComparison } from '../../core/trace/agreement.ts'
import type { HopComparison } from '../../core/trace/compare-hops.ts'
import type { ExchangeComparison } from '../../core/trace/compare-reports.ts'
import type { LiveReport } from '../../core/trace/live-report.ts'
import type { Step } from '../../core/trace/step.ts'
import type { Exchange, Hop, Trace, TraceReport } from '../../core/trace/trace-report.ts'

/** Whose an event is: of both sides, or of one alone. */
export type Lane = 'both' | 'predicted' | 'observed'

/**
 * Returns both sides of a live trace as one report to play: exchanges, hops and steps are those of the comparison, one to
 * one and in its order; where both sides have a step it is the observed one. Fates are the observed ones.
 */
export function mergeLive({ predicted, observed, comparison }: LiveReport): TraceReport {
  const exchanges = comparison.exchanges.flatMap((compared) => {
    const left = at(predicted.exchanges, compared.predicted)
    const right = at(observed.exchanges, compared.observed)
    const base = right ?? left
    return base === null ? [] : [mergeExchange(compared, base, left, right)]
  })
  const warnings = [...new Set([...observed.warnings, ...predicted.warnings])]
  return { ...observed, exchanges, warnings }
}

function mergeExchange(
  compared: ExchangeComparison,
  base: Exchange,
  left: Exchange | null,
  right: Exchange | null,
): Exchange {
  const forward = mergeTrace(compared.forward, left?.forward ?? null, right?.forward ?? null)
  const reply = mergeTrace(compared.reply, left?.reply ?? null, right?.reply ?? null)
  return { ...base, forward: forward ?? base.forward, reply }
}

/** A way that one side alone has is that side's, whole. */
function mergeTrace(hops: readonly HopComparison[], left: Trace | null, right: Trace | null): Trace | null {
  if (left === null || right === null) return right ?? left
  if (hops.length === 0) return right
  return { ...right, hops: hops.flatMap((hop) => mergeHop(hop, left, right) ?? []) }
}

function mergeHop(compared: HopComparison, left: Trace, right: Trace): Hop | null {
  const [a, b] = [at(left.hops, compared.predicted), at(right.hops, compared.observed)]
  const base = b ?? a
  if (base === null) return null
  return { ...base, steps: stepLines(compared).flatMap((line) => stepOf(line, a, b) ?? []) }
}

/** Returns the lines of a hop that are steps: one to one with the steps of the merged hop. */
export function stepLines(compared: HopComparison): readonly LineComparison[] {
  return compared.lines.filter(({ part }) => part === 'step')
}

function stepOf(line: LineComparison, left: Hop | null, right: Hop | null): Step | null {
  return at(right?.steps ?? [], line.observed) ?? at(left?.steps ?? [], line.predicted)
}

function at<T>(list: readonly T[], index: number | null): T | null {
  return index === null ? null : (list[index] ?? null)
}
