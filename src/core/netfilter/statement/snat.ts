import type { Target } from '../../host/target.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { formatMapped, formatTarget, translate } from './nat-statement.ts'
import type { StatementResult } from './statement.ts'

/** `-j SNAT --to-source 198.51.100.1`, also port-only `:53` (linux:net/netfilter/xt_nat.c). */
export function applySnat(run: HookRun, target: OfKind<Target, 'dnat' | 'snat'>): StatementResult {
  const { packet } = run.input
  const before = formatMapped(packet.src, target.ports === null ? null : (packet.sourcePort ?? null))
  const after = formatTarget(target, null, null)
  const why = `This rule sends the packet out as if it came from ${after} instead of ${before}; connection tracking will turn the reply back.`
  return translate(run, 'snat', target, why)
}
