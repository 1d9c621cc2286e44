import type { CtState, Match } from '../../host/match.ts'
import type { ConntrackView } from '../conntrack.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** `-m conntrack --ctstate RELATED,ESTABLISHED`, `-m state --state NEW` (linux:net/netfilter/xt_conntrack.c). */
export function matchCtState(match: OfKind<Match, 'ct-state'>): Matcher {
  const states: ReadonlySet<CtState> = new Set(match.states)
  return (input) => verdictOf(hasState(states, input.conntrack), match.negated)
}

function hasState(states: ReadonlySet<CtState>, view: ConntrackView | null): boolean {
  if (view === null) return states.has('INVALID')
  if (view.connection === null) return states.has('UNTRACKED')
  if (states.has(STATE_NAMES[view.state])) return true
  const { sourceNat, destinationNat } = view.connection
  return (sourceNat && states.has('SNAT')) || (destinationNat && states.has('DNAT'))
}

const STATE_NAMES = { new: 'NEW', established: 'ESTABLISHED', related: 'RELATED', untracked: 'UNTRACKED' } as const
