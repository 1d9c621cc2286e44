import type { HookRun } from '../hook-run.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/** `-j CT --notrack`: connection tracking leaves the packet alone, so it can never be translated (xt_CT.c). */
export function applyNotrack(run: HookRun): StatementResult {
  const why =
    'This rule hides the packet from connection tracking: it belongs to no connection and NAT cannot touch it.'
  // A packet that already has a connection (looped back over lo) keeps it.
  if (run.input.conntrack === null) {
    run.input.conntrack = { state: 'untracked', direction: 'original', connection: null }
  }
  return { verdict: 'notrack', next: 'continue', diff: NO_DIFF, why }
}
