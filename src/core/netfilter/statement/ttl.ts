import type { Target } from '../../host/target.ts'
import { type HookRun, replacePacket } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import type { StatementResult } from './statement.ts'

/** `-j TTL --ttl-set 64`, `-j HL --hl-dec 1`: kept within 0 and 255 (linux:net/netfilter/xt_HL.c). */
export function applyTtl(run: HookRun, target: OfKind<Target, 'ttl'>): StatementResult {
  const { packet } = run.input
  const wanted =
    target.operation === 'set'
      ? target.value
      : target.operation === 'inc'
        ? packet.ttl + target.value
        : packet.ttl - target.value
  const ttl = Math.min(255, Math.max(0, wanted))
  const diff = replacePacket(run, { ...packet, ttl })
  return { verdict: 'continue', next: 'continue', diff, why: `This rule sets the packet's time to live to ${ttl}.` }
}
