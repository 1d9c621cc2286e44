import type { Match } from '../../host/match.ts'
import type { MatchInput } from '../match-input.ts'
import { senderSocket } from '../sender-socket.ts'
import { type Matcher, NO, type OfKind, undecided } from './matcher.ts'

/**
 * `-m cgroup --path docker.slice`: the group of the program whose socket the packet has. Without a whole socket it fails,
 * negated or not (linux:net/netfilter/xt_cgroup.c); a socket that was found before INPUT is that of a connection that exists.
 */
export function matchCgroup(match: OfKind<Match, 'cgroup'>): Matcher {
  return (input) => {
    const sender = input.hook === 'input' ? receiver(input) : senderSocket(input)
    if (sender === 'none' || sender === 'listener') return NO
    return undecided(input, `${match.text} asks for the group of a program`)
  }
}

/** Before INPUT only sockets that are connected are looked up, which the first packet of a connection has none of. */
function receiver({ packet, conntrack }: MatchInput): 'none' | 'program' {
  const flags = packet.tcpFlags ?? []
  const opens = packet.protocol === 'tcp' && flags.includes('syn') && !flags.includes('ack')
  const demuxed = packet.protocol === 'tcp' || packet.protocol === 'udp'
  return opens || !demuxed || conntrack?.state === 'new' ? 'none' : 'program'
}
