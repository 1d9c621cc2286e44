import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, undecided, verdictOf } from './matcher.ts'

/**
 * `-m policy --dir in --pol none|ipsec` (linux:net/netfilter/xt_policy.c): whether IPsec has decrypted the packet here, or
 * will encrypt it. No traced packet arrives encrypted; whether one leaves so is undecided where there are policies at all.
 */
export function matchPolicy(match: OfKind<Match, 'policy'>): Matcher {
  const plain = match.policy === 'none'
  return (input) => {
    if (match.direction === 'in' || input.netns.ruleState?.ipsecPolicies === 0) return verdictOf(plain, false)
    const unread = typeof input.netns.ruleState?.ipsecPolicies !== 'number'
    return undecided(
      input,
      `${match.text} asks for IPsec, ${unread ? 'which was not read' : 'which has policies here'}`,
    )
  }
}
