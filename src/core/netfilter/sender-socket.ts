import type { MatchInput } from './match-input.ts'
import { isIcmpError } from './track-packet.ts'

/**
 * Whose socket a packet carries along (`skb->sk`): `none` for what is forwarded or bridged; `kernel` for what the kernel itself
 * answers with; `listener` for a SYN-ACK, which a socket that is only being made sends; `program` for all else made here.
 */
export type SenderSocket = 'none' | 'kernel' | 'listener' | 'program'

/** Returns the socket of a packet at OUTPUT or POSTROUTING. A veth takes the socket away, so what came by a device has none. */
export function senderSocket(input: MatchInput): SenderSocket {
  const { packet, hook } = input
  const isMadeHere = hook === 'output' || (hook === 'postrouting' && input.inDevice === '' && input.physOut === null)
  if (!isMadeHere) return 'none'
  const flags = packet.tcpFlags ?? []
  if (flags.includes('rst')) return 'kernel'
  if (flags.includes('syn') && flags.includes('ack')) return 'listener'
  return packet.icmp !== undefined && !isRequest(packet.icmp.type)
    ? 'kernel'
    : isIcmpError(packet)
      ? 'kernel'
      : 'program'
}

/** Echo, timestamp and their like are asked by programs; everything else of ICMP is the kernel's. */
function isRequest(type: number): boolean {
  return type === 8 || type === 13 || type === 15 || type === 17 || type === 128
}

/** Returns the socket that a packet carries at any hook: at INPUT that may be the one that will take it. */
export function packetSocket(input: MatchInput): SenderSocket {
  return input.hook === 'input' ? receiver(input) : senderSocket(input)
}

/** Before INPUT only sockets that are connected are looked up, which the first packet of a connection has none of. */
function receiver({ packet, conntrack }: MatchInput): 'none' | 'program' {
  const flags = packet.tcpFlags ?? []
  const opens = packet.protocol === 'tcp' && flags.includes('syn') && !flags.includes('ack')
  const demuxed = packet.protocol === 'tcp' || packet.protocol === 'udp'
  return opens || !demuxed || conntrack?.state === 'new' ? 'none' : 'program'
}
