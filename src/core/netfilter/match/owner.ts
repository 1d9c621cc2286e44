import type { Match } from '../../host/match.ts'
import type { OwnerTest } from '../../host/module-match.ts'
import { senderSocket } from '../sender-socket.ts'
import { type Matcher, NO, type OfKind, undecided, verdictOf, YES } from './matcher.ts'

/**
 * `-m owner --uid-owner 1000`: who sends, for packets made here. Without a socket only what is all negated holds, and so for
 * sockets of the kernel, which belong to nobody (linux:net/netfilter/xt_owner.c). A program's user is not known.
 */
export function matchOwner(match: OfKind<Match, 'owner'>): Matcher {
  const whose = match.tests.filter(({ what }) => what !== 'socket')
  const existence = match.tests.filter(({ what }) => what === 'socket')
  const isAllNot = (tests: readonly OwnerTest[]): boolean => tests.every(({ negated }) => negated)
  return (input) => {
    const sender = senderSocket(input)
    if (sender === 'none') return verdictOf(isAllNot(match.tests), false)
    if (sender === 'kernel') {
      if (!isAllNot(whose)) return NO
      // A reset that REJECT sends has no socket, that of a closed port has the kernel's.
      return existence.length === 0 ? YES : undecided(input, `${match.text} asks for a socket of the kernel`)
    }
    if (existence.some(({ negated }) => negated)) return NO
    return whose.length === 0 ? YES : undecided(input, `${match.text} asks who sends the packet, which is not known`)
  }
}
