import { formatIpv6 } from '../net/address.ts'
import type { SeenFrame } from './observation.ts'
import type { SeenPacket } from './seen-packet.ts'

const SOLICITATION = 135
const ADVERTISEMENT = 136

/** Who is asked for, and on which device. */
export interface AskedNeighbor {
  readonly address: string
  readonly device: string
}

/** Returns whom a packet asks for if it is a question for a neighbour (ARP, IPv6 neighbour discovery) that was seen, else null. */
export function askedNeighbor({ frames: [first] }: SeenPacket): AskedNeighbor | null {
  if (first === undefined) return null
  const asks = first.packet.arp === 'request' || first.packet.icmp?.type === SOLICITATION
  return asks ? { address: targetOf(first), device: first.device } : null
}

/** IPv6 asks a group about an address that only the message itself names. */
function targetOf({ packet, identity }: SeenFrame): string {
  if (packet.arp !== undefined || identity.payload?.length !== 32) return packet.dst
  return formatIpv6(BigInt(`0x${identity.payload}`))
}

/** Tells whether one packet is a neighbour's answer to another. */
export function answersNeighbor({ frames: [answer] }: SeenPacket, { frames: [question] }: SeenPacket): boolean {
  if (answer === undefined || question === undefined) return false
  if (question.packet.arp === 'request')
    return (
      answer.packet.arp === 'reply' &&
      answer.packet.src === question.packet.dst &&
      answer.packet.dst === question.packet.src
    )
  if (question.packet.icmp?.type !== SOLICITATION || answer.packet.icmp?.type !== ADVERTISEMENT) return false
  return answer.identity.payload === question.identity.payload
}

/** Returns whom a namespace asked for since a time without an answer; null for nobody. */
export function findUnanswered(packets: readonly SeenPacket[], netns: string, since: number): AskedNeighbor | null {
  const question = packets.find((packet) => {
    const [first] = packet.frames
    if (first === undefined || first.netns !== netns || first.direction !== 'out' || first.at < since) return false
    return askedNeighbor(packet) !== null && !packets.some((each) => answersNeighbor(each, packet))
  })
  return question === undefined ? null : askedNeighbor(question)
}
