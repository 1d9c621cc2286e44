import type { Target } from '../../host/target.ts'
import type { OfKind } from '../match/matcher.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/** `-j REJECT --reject-with icmp-port-unreachable`: dropped, and the sender is told. */
export function applyReject(target: OfKind<Target, 'reject'>, because: string): StatementResult {
  const answer = target.with === 'tcp-reset' ? 'a TCP reset' : `an ICMP error (${target.with})`
  return {
    verdict: 'reject',
    next: 'reject',
    diff: NO_DIFF,
    why: `${because}, this rule refuses it and answers with ${answer}.`,
  }
}
