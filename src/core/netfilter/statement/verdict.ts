import type { Target } from '../../host/target.ts'
import type { OfKind } from '../match/matcher.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/** `-j ACCEPT` and `-j DROP`. An accept ends this chain only; a later chain at the same hook may still drop. */
export function applyVerdict(target: OfKind<Target, 'accept' | 'drop' | 'return'>, because: string): StatementResult {
  if (target.kind === 'drop') {
    return { verdict: 'drop', next: 'drop', diff: NO_DIFF, why: `${because}, this rule drops it without a word.` }
  }
  if (target.kind === 'accept') {
    return { verdict: 'accept', next: 'accept', diff: NO_DIFF, why: `${because}, this rule lets it through.` }
  }
  const why = `${because}, the rest of this chain is left out.`
  return { verdict: 'return', next: 'continue', diff: NO_DIFF, why }
}
