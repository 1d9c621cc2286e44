import { alignSequences, type Pair } from './align-sequences.ts'
import { placeOf } from './compare-hops.ts'
import type { Hop, Trace } from './trace-report.ts'

/**
 * Pairs the hops of two traces that are the same place: in the order of the packet's way. Where a bridge floods there is no
 * one way: the copies have no order among themselves, so there the same places are paired in whatever order they come, those
 * that show the same first.
 */
export function pairHops(predicted: Trace, observed: Trace): readonly Pair[] {
  if (!floods(predicted) && !floods(observed))
    return alignSequences(predicted.hops.map(placeOf), observed.hops.map(placeOf))
  const partners = new Map<number, number>()
  const taken = new Set<number>()
  for (const key of [shownAt, placeOf]) {
    predicted.hops.forEach((hop, index) => {
      if (partners.has(index)) return
      const partner = observed.hops.findIndex((each, at) => !taken.has(at) && key(each) === key(hop))
      if (partner < 0 || (key === placeOf && showsNothing(hop))) return
      partners.set(index, partner)
      taken.add(partner)
    })
  }
  const pairs: Pair[] = predicted.hops.map((_, index) => [index, partners.get(index) ?? null])
  observed.hops.forEach((_, index) => {
    if (taken.has(index)) return
    const before = pairs.findLastIndex(([, at]) => at !== null && at < index)
    pairs.splice(before + 1, 0, [null, index])
  })
  return pairs
}

function floods({ hops }: Trace): boolean {
  return hops.some(({ steps }) => steps.some((step) => step.kind === 'bridge' && step.decision === 'flood'))
}

function shownAt(hop: Hop): string {
  const frames = hop.frames.map(({ direction }) => direction).join(' ')
  return `${placeOf(hop)} ${frames} ${hop.frames.length === 0 && showsNothing(hop) ? 'nothing' : ''}`
}

/** A bridge that hands a frame on without showing it is no place where anything could be seen. */
function showsNothing({ frames, steps }: Hop): boolean {
  return frames.length === 0 && !steps.some(({ kind }) => kind === 'rule' || kind === 'policy')
}
