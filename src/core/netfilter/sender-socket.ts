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
