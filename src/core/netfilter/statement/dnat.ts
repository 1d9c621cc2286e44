import type { Target } from '../../host/target.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { formatMapped, formatTarget, translate } from './nat-statement.ts'
import type { StatementResult } from './statement.ts'

/** `-j DNAT --to-destination 172.17.0.2:80` (linux:net/netfilter/xt_nat.c). */
export function applyDnat(run: HookRun, target: OfKind<Target, 'dnat' | 'snat'>): StatementResult {
  const { packet } = run.input
  const before = formatMapped(packet.dst, packet.destinationPort ?? null)
  const after = formatTarget(target, packet.dst, packet.destinationPort ?? null)
  const why = `What was sent to ${before} is meant for ${after}: this rule puts that destination in its place before the route is chosen, and connection tracking will turn the reply back.`
  return translate(run, 'dnat', target, why)
}
