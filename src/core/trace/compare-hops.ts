import { AGREES, type Agreement, type Judgement, type LineComparison, NOT_OBSERVABLE, verdictOf } from './agreement.ts'
import { alignSequences, type Pair } from './align-sequences.ts'
import { compareFrames, type Openness } from './compare-frames.ts'
import { compareSteps, isJudging, isStop, stepKey } from './compare-steps.ts'
import type { Hop } from './trace-report.ts'

/**
 * One place of the path, as both sides have it: indices into the hops of the two traces. A null side does not have the
 * place at all. `lines` are its frames and steps, both sides' together, in the order in which they happen.
 */
export interface HopComparison {
  readonly place: string
  readonly predicted: number | null
  readonly observed: number | null
  readonly verdict: Agreement
  readonly lines: readonly LineComparison[]
  /** What differs first at this place, one sentence; null where nothing does. */
  readonly remark: string | null
}

/** Returns a text that two hops share exactly when they are the same place: `host docker0`, `container:c1 stack`. */
export function placeOf(hop: Hop): string {
  if (hop.device !== null) return `${hop.netns} ${hop.device}`
  return hop.netns === hop.kind ? hop.netns : `${hop.netns} ${hop.kind}`
}

/** The two hops, at least one of them there, and which side's silence says nothing: it could not tell what comes then. */
export interface HopPair {
  readonly predicted: Hop | null
  readonly observed: Hop | null
  readonly silent: { readonly predicted: boolean; readonly observed: boolean }
}

/** Returns the comparison of one place: frames that come in, what is done to the packet, frames that go out. */
export function compareHops(pair: HopPair, indices: Pair, openness: Openness): HopComparison {
  const { predicted, observed } = pair
  const place = placeOf((predicted ?? observed) as Hop)
  const frames = (direction: 'in' | 'out') => compareFrameLines(pair, place, direction, openness)
  const lines = [...frames('in'), ...compareStepLines(pair), ...frames('out')]
  return {
    place,
    predicted: indices[0],
    observed: indices[1],
    verdict: verdictOf(lines),
    lines,
    remark: lines.find(({ verdict }) => verdict === 'differs')?.remark ?? null,
  }
}

function compareFrameLines(
  pair: HopPair,
  place: string,
  direction: 'in' | 'out',
  openness: Openness,
): readonly LineComparison[] {
  const [left, right] = [pair.predicted, pair.observed].map((hop) => indicesOf(hop, direction)) as [number[], number[]]
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const [predicted, observed] = [left[at] ?? null, right[at] ?? null]
    const judged = compareFrames(
      place,
      predicted === null ? null : (pair.predicted?.frames[predicted] ?? null),
      observed === null ? null : (pair.observed?.frames[observed] ?? null),
      openness,
    )
    return { part: 'frame', predicted, observed, ...excuse(pair, predicted, observed, judged) }
  })
}

function indicesOf(hop: Hop | null, direction: 'in' | 'out'): number[] {
  return (hop?.frames ?? []).flatMap((frame, index) => (frame.direction === direction ? [index] : []))
}

function compareStepLines(pair: HopPair): readonly LineComparison[] {
  const left = pair.predicted?.steps ?? []
  const right = pair.observed?.steps ?? []
  return pairSteps(pair).map(([predicted, observed]) => {
    const [a, b] = [at(left, predicted), at(right, observed)]
    // What a rule has discarded already is told by the kernel once more, as a drop reason.
    const told = a === null && b?.kind === 'drop' && right.slice(0, observed ?? 0).some(isStop)
    const judged = told ? AGREES : compareSteps(a, b)
    return { part: 'step', predicted, observed, ...excuse(pair, predicted, observed, judged) }
  })
}

function at<T>(list: readonly T[], index: number | null): T | null {
  return index === null ? null : (list[index] ?? null)
}

function pairSteps({ predicted, observed }: HopPair): readonly Pair[] {
  const left = predicted?.steps ?? []
  const right = observed?.steps ?? []
  const aligned = alignSequences(left.map(stepKey), right.map(stepKey))
  const pairs: Pair[] = []
  for (let from = 0; from < aligned.length; ) {
    const next = aligned.findIndex(([a, b], index) => index >= from && a !== null && b !== null)
    const until = next < 0 ? aligned.length : next
    const gap = aligned.slice(from, until)
    const judged = (side: 0 | 1) =>
      gap.findIndex((pair) => {
        const index = pair[side]
        return index !== null && isJudging((side === 0 ? left : right)[index])
      })
    pairs.push(...joinFirst(gap, judged(0), judged(1)))
    if (next >= 0) pairs.push(aligned[next] as Pair)
    from = until + 1
  }
  return pairs
}

/** Where the two part, what the kernel took stands beside what was predicted instead. */
function joinFirst(gap: readonly Pair[], left: number, right: number): readonly Pair[] {
  if (left < 0 || right < 0) return gap
  const joined: Pair = [gap[left]?.[0] ?? null, gap[right]?.[1] ?? null]
  return gap.flatMap((pair, index) => (index === right ? [] : index === left ? [joined] : [pair]))
}

/** What one side alone has says nothing where the other could not tell. */
function excuse({ silent }: HopPair, predicted: number | null, observed: number | null, judged: Judgement): Judgement {
  if (judged.verdict !== 'differs') return judged
  if (predicted === null && silent.predicted) return { ...NOT_OBSERVABLE, remark: 'The prediction cannot tell this.' }
  if (observed === null && silent.observed) return { ...NOT_OBSERVABLE, remark: 'The observation cannot tell this.' }
  return judged
}
