import type { FieldDiff } from '../../net/packet.ts'
import type { RuleVerdict } from '../../trace/step.ts'

/**
 * What a target did. `next` tells how the chain goes on: `accept`, `drop` and `reject` end it, `cannot-tell` ends the
 * trace and `why` is then what cannot be told. `note` marks what is assumed rather than known.
 */
export interface StatementResult {
  readonly verdict: RuleVerdict
  readonly next: 'continue' | 'accept' | 'drop' | 'reject' | 'cannot-tell'
  readonly diff: readonly FieldDiff[]
  readonly why: string
  readonly note?: string
}

export const NO_DIFF: readonly FieldDiff[] = []

/** Returns the result of a target that cannot be evaluated. */
export function cannotTell(verdict: RuleVerdict, why: string): StatementResult {
  return { verdict, next: 'cannot-tell', diff: NO_DIFF, why }
}
