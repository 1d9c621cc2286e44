import type { ConntrackTuple } from '../host/conntrack-entry.ts'
import type { Family, Protocol } from '../net/packet.ts'

/** Of which conversation a packet is, and in which direction. An echo id is a `sourcePort` without a destination's. */
export interface PacketTuple {
  readonly family: Family
  readonly protocol: Protocol
  readonly src: string
  readonly dst: string
  readonly sourcePort: number | null
  readonly destinationPort: number | null
  /** Of the IP packet, bytes. */
  readonly length: number
  /** It begins a conversation (SYN, echo request), answers such a beginning, or tells nothing about it. */
  readonly opens: boolean | null
}

/** Returns a text that is the same for the same protocol and tuple. */
export function tupleKey(protocol: Protocol, tuple: ConntrackTuple | PacketTuple): string {
  return `${protocol} ${tuple.src} ${tuple.sourcePort ?? ''} ${tuple.dst} ${tuple.destinationPort ?? ''}`
}

/** Returns the tuple as conntrack has it. */
export function toConntrackTuple({ src, dst, sourcePort, destinationPort }: PacketTuple): ConntrackTuple {
  return {
    src,
    dst,
    ...(sourcePort === null ? {} : { sourcePort }),
    ...(destinationPort === null ? {} : { destinationPort }),
  }
}

/** Tells whether an address means another place in each namespace. */
export function isOwnToNamespace(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || /^fe[89ab]/.test(address)
}
