import type { HookRun } from '../hook-run.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/**
 * `-j CT --zone 1`: the packet's connection is looked up, and made, in a zone of its own, where the same addresses and ports
 * mean another connection (linux:net/netfilter/xt_CT.c). A packet that has its connection already keeps it.
 */
export function applyCtZone(run: HookRun, zone: number): StatementResult {
  if (run.input.conntrack === null) run.input.zone = zone
  const why = `This rule has connection tracking look for the packet's connection in zone ${zone}.`
  return { verdict: 'continue', next: 'continue', diff: NO_DIFF, why }
}
