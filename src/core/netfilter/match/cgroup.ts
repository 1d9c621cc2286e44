import type { Match } from '../../host/match.ts'
import { packetSocket } from '../sender-socket.ts'
import { type Matcher, NO, type OfKind, undecided } from './matcher.ts'

/**
 * `-m cgroup --path docker.slice`: the group of the program whose socket the packet has. Without a whole socket it fails,
 * negated or not (linux:net/netfilter/xt_cgroup.c); a socket that was found before INPUT is that of a connection that exists.
 */
export function matchCgroup(match: OfKind<Match, 'cgroup'>): Matcher {
  return (input) => {
    const sender = packetSocket(input)
    if (sender === 'none' || sender === 'listener') return NO
    return undecided(input, `${match.text} asks for the group of a program`)
  }
}
