import { AGREES, differs, type Judgement, NOT_OBSERVABLE, verdictOf } from './agreement.ts'
import { type Openness, opennessOf } from './compare-frames.ts'
import { compareHops, type HopComparison } from './compare-hops.ts'
import { pairHops } from './pair-hops.ts'
import type { Trace } from './trace-report.ts'

export type { HopComparison } from './compare-hops.ts'

/** Two traces of one packet laid side by side. `divergence` is the first difference in the packet's order. */
export interface TraceComparison {
  readonly agrees: boolean
  readonly divergence: string | null
  readonly hops: readonly HopComparison[]
  /** Whether the packet became what was predicted of it. */
  readonly fate: Judgement
}

/**
 * Lays a predicted and an observed trace side by side, place by place: the frames that each device shows (direction,
 * addresses, ports, TTL, ICMP, length), the rules and policies that judged in their order, and the fate. MACs are not
 * compared, nor what was filled in from the prediction (evidence `prediction`, frames without a time). What one side has
 * beyond the point where the other cannot tell any more is no difference.
 */
export function compareTraces(
  predicted: Trace,
  observed: Trace,
  openness: Openness = opennessOf(predicted, observed, false),
): TraceComparison {
  const hops = compareAllHops(predicted, observed, openness)
  const fate = compareFate(predicted, observed)
  const first = hops.find(({ verdict }) => verdict === 'differs')?.remark ?? null
  const divergence = first ?? (fate.verdict === 'differs' ? fate.remark : null)
  return { agrees: verdictOf([...hops, fate]) !== 'differs', divergence, hops, fate }
}

function compareAllHops(predicted: Trace, observed: Trace, openness: Openness): readonly HopComparison[] {
  const pairs = pairHops(predicted, observed)
  const last = pairs.findLastIndex(([left, right]) => left !== null && right !== null)
  return pairs.map((pair, index) => {
    const [left, right] = pair
    const silent = {
      predicted: index >= last && predicted.disposition === 'cannot-tell',
      observed: index >= last && observed.disposition === 'cannot-tell',
    }
    const sides = {
      predicted: left === null ? null : (predicted.hops[left] ?? null),
      observed: right === null ? null : (observed.hops[right] ?? null),
      silent,
    }
    return compareHops(sides, pair, openness)
  })
}

function compareFate(predicted: Trace, observed: Trace): Judgement {
  if (predicted.disposition === observed.disposition)
    return predicted.disposition === 'cannot-tell' ? NOT_OBSERVABLE : AGREES
  if (predicted.disposition === 'cannot-tell') return { ...NOT_OBSERVABLE, remark: predicted.reason }
  if (observed.disposition === 'cannot-tell') return { ...NOT_OBSERVABLE, remark: observed.reason }
  return differs(`Predicted ${predicted.disposition}, observed ${observed.disposition}.`)
}
