import type { MatchInput } from '../match-input.ts'

/** The result of one condition. `UNDECIDED` is a condition that Hopwire cannot evaluate for this packet. */
export const NO = 0
export const YES = 1
export const UNDECIDED = 2
export type MatchResult = typeof NO | typeof YES | typeof UNDECIDED

/** One condition, compiled. It reads the input; those that remember (`recent`) change the input's memory only. */
export type Matcher = (input: MatchInput) => MatchResult

/** Picks one member of a union by its kind. */
export type OfKind<U extends { readonly kind: string }, K extends U['kind']> = U extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? U
    : never
  : never

/** Returns YES where a condition holds, or where it does not hold and is negated. */
export function verdictOf(holds: boolean, negated: boolean): MatchResult {
  return holds !== negated ? YES : NO
}

/** Returns UNDECIDED and leaves the reason: a clause that ends "Cannot tell ...: ". */
export function undecided(input: MatchInput, why: string): typeof UNDECIDED {
  input.doubt = why
  return UNDECIDED
}
