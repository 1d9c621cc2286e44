import type { Failure } from '../../protocol/contract.ts'

/** One line that says what happened and what to do, whatever the message held. */
export function printFailure(failure: Failure): string {
  const hint = failure.hint === undefined || failure.hint === '' ? '' : `; ${failure.hint}`
  return printProblem(failure.message.replace(/[.;\s]+$/, '') + hint)
}

/** `hopwire: ...` on one line. */
export function printProblem(problem: string): string {
  return `hopwire: ${problem.replace(/\p{Cc}+/gu, ' ').trim()}`
}
