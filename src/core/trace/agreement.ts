/** `not-observable`: nothing to hold against each other: routing, neighbours, a namespace that could not be watched. */
export type Agreement = 'agrees' | 'differs' | 'not-observable'

/**
 * One frame or one step of a place, as both sides have it: indices into the hops' `frames` or `steps`. A null side does
 * not have it. `remark` says what differs, or why there is nothing to compare; null where that goes without saying.
 */
export interface LineComparison {
  readonly part: 'frame' | 'step'
  readonly predicted: number | null
  readonly observed: number | null
  readonly verdict: Agreement
  readonly remark: string | null
}

/** A verdict with its reason. */
export interface Judgement {
  readonly verdict: Agreement
  readonly remark: string | null
}

export const AGREES: Judgement = { verdict: 'agrees', remark: null }
export const NOT_OBSERVABLE: Judgement = { verdict: 'not-observable', remark: null }

/** Returns the judgement that two things differ, with what differs in one sentence. */
export function differs(remark: string): Judgement {
  return { verdict: 'differs', remark }
}

/** Returns the verdict of a whole by those of its parts: one difference is one too many, and nothing seen is no agreement. */
export function verdictOf(parts: readonly Pick<Judgement, 'verdict'>[]): Agreement {
  if (parts.some(({ verdict }) => verdict === 'differs')) return 'differs'
  return parts.some(({ verdict }) => verdict === 'agrees') ? 'agrees' : 'not-observable'
}
