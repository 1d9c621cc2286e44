import type { Packet } from '../net/packet.ts'
import type { Observation, SeenFrame, SeenRule } from './observation.ts'

/**
 * Returns an observation without what others said to the same place. `first` is the frame that began the conversation: its
 * sender, under all names that translation gave it, is told apart from everybody else who talks to where it went. Answers
 * have no identification of their own (a SYN-ACK has IP id 0): but for their ends they look like those to others, and rules
 * that another one's answer met would be taken for this one's. What names no place of the conversation stays.
 */
export function onlyConversation(observation: Observation, first: SeenFrame): Observation {
  const begins = observation.frames.filter((frame) => isSamePacket(frame, first)).map(({ packet }) => packet)
  const askers = new Set(begins.map((packet) => endsOf(packet).from))
  const places = new Set(begins.map((packet) => endsOf(packet).to))
  const isOthers = (packet: Packet): boolean => {
    if (packet.quoted !== undefined) return isOthers(packet.quoted)
    const { from, to } = endsOf(packet)
    const back = endsOf(turned(packet))
    return (places.has(to) && !askers.has(from)) || (places.has(back.to) && !askers.has(back.from))
  }
  return {
    ...observation,
    frames: observation.frames.filter(({ packet }) => !isOthers(packet)),
    rules: withoutOthers(observation.rules, isOthers),
  }
}

/** The same packet at another device: NAT and routers leave these alone. */
function isSamePacket({ packet, identity }: SeenFrame, first: SeenFrame): boolean {
  if (packet.protocol !== first.packet.protocol || packet.length !== first.packet.length) return false
  if (packet.tcpFlags?.join() !== first.packet.tcpFlags?.join() || packet.icmp?.type !== first.packet.icmp?.type)
    return false
  const { ipId, tcpSequence, payload } = first.identity
  return identity.tcpSequence === tcpSequence && identity.ipId === ipId && identity.payload === payload
}

/** Who asks, and where: an echo has one number, which is the asker's. Pieces have neither number nor ports. */
function endsOf({ protocol, src, dst, sourcePort, destinationPort, icmp }: Packet) {
  return {
    from: `${protocol} ${src} ${icmp === undefined ? sourcePort : icmp.id}`,
    to: `${protocol} ${dst} ${destinationPort ?? ''}`,
  } as const
}

function turned({ sourcePort, destinationPort, ...packet }: Packet): Packet {
  return {
    ...packet,
    src: packet.dst,
    dst: packet.src,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  }
}

/** A trace id is one packet's until the kernel uses it again, in the same table: see gatherVisits. */
function withoutOthers(rules: readonly SeenRule[], isOthers: (packet: Packet) => boolean): readonly SeenRule[] {
  const others = new Set<string>()
  return rules.filter(({ netns, traceId, family, table, event }) => {
    const key = `${netns} ${traceId} ${family} ${table}`
    if (event.kind === 'packet' && isOthers(event.packet)) others.add(key)
    else if (event.kind === 'packet' || event.kind === 'piece') others.delete(key)
    return !others.has(key)
  })
}
