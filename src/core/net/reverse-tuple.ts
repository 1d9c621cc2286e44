import type { Packet } from './packet.ts'

/** The addressing of one direction of a conversation. Echo messages keep their id in `sourcePort` in both directions. */
export interface Tuple {
  readonly src: string
  readonly dst: string
  readonly sourcePort?: number
  readonly destinationPort?: number
}

/** Returns the tuple of the opposite direction. A tuple without a destination port (ICMP) keeps its id. */
export function reverseTuple(tuple: Tuple): Tuple {
  const { src, dst, sourcePort, destinationPort } = tuple
  const reversed = { src: dst, dst: src }
  if (destinationPort === undefined) return sourcePort === undefined ? reversed : { ...reversed, sourcePort }
  return {
    ...reversed,
    sourcePort: destinationPort,
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  }
}

/** Returns the addressing of a packet: ports, or the echo id as `sourcePort`. */
export function tupleOf(packet: Packet): Tuple {
  const { src, dst } = packet
  if (packet.icmp !== undefined)
    return packet.icmp.id === undefined ? { src, dst } : { src, dst, sourcePort: packet.icmp.id }
  const { sourcePort, destinationPort } = packet
  if (sourcePort === undefined || destinationPort === undefined) return { src, dst }
  return { src, dst, sourcePort, destinationPort }
}
