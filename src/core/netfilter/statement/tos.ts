import type { Target } from '../../host/target.ts'
import { type HookRun, replacePacket } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import type { StatementResult } from './statement.ts'

/** `-j TOS --set-tos 0x10/0x3f`, `-j DSCP --set-dscp 0x2e` (linux:net/netfilter/xt_DSCP.c). */
export function applyTos(run: HookRun, target: OfKind<Target, 'tos'>): StatementResult {
  const { packet } = run.input
  const tos = (((packet.tos ?? 0) & ~target.mask) ^ target.value) & 255
  const diff = replacePacket(run, { ...packet, tos })
  return { verdict: 'continue', next: 'continue', diff, why: `This rule sets the packet's service class to ${tos}.` }
}
