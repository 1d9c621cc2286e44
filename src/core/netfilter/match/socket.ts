import type { Match } from '../../host/match.ts'
import type { MatchInput } from '../match-input.ts'
import { type Matcher, NO, type OfKind, undecided, YES } from './matcher.ts'

/**
 * `-m socket --transparent --nowildcard`: whether a socket of this host takes the packet (linux:net/netfilter/xt_socket.c).
 * Listening sockets are known; those of connections are not, and so an answer to one is undecided. Sockets that listen on all
 * addresses count with `--nowildcard` only.
 */
export function matchSocket(match: OfKind<Match, 'socket'>): Matcher {
  return (input) => {
    const found = findSocket(match, input)
    if (found === null) return undecided(input, `${match.text} asks for sockets, which were not read`)
    if (found === 'connected') return undecided(input, `${match.text} asks for the socket of a connection`)
    if (found === 'none') return NO
    if (match.transparent) return undecided(input, `${match.text} asks how a socket was opened, which was not read`)
    return match.restoreMark ? undecided(input, `${match.text} takes the mark of a socket, which was not read`) : YES
  }
}

type Found = 'none' | 'listening' | 'connected'

function findSocket(match: OfKind<Match, 'socket'>, input: MatchInput): Found | null {
  const { packet, conntrack } = input
  const { protocol, family, destinationPort } = packet
  const flags = packet.tcpFlags ?? []
  // Of ICMP only errors have a socket: that of the packet which they quote.
  if (packet.quoted !== undefined) return 'connected'
  if ((protocol !== 'tcp' && protocol !== 'udp') || destinationPort === undefined) return 'none'
  const begins = protocol === 'tcp' ? flags.includes('syn') && !flags.includes('ack') : conntrack?.state === 'new'
  if (!begins && input.fib.addressType(family, packet.dst, null) === 'LOCAL') return 'connected'
  if (input.findListener === null) return null
  const device = input.inDevice
  const socket = input.findListener({ protocol, family, destination: packet.dst, port: destinationPort, device })
  if (socket === null) return 'none'
  const wildcard = ['0.0.0.0', '::', '*'].includes(socket.address)
  return wildcard && !match.wildcard ? 'none' : 'listening'
}
