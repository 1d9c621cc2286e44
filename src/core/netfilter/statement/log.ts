import { NO_DIFF, type StatementResult } from './statement.ts'

/** LOG, NFLOG, TRACE, CHECKSUM, AUDIT ... and rules without a target: the packet is the same afterwards. */
export function applyNothing(what: string): StatementResult {
  return { verdict: 'continue', next: 'continue', diff: NO_DIFF, why: what }
}
