import type { ProbeIdentity } from './probe-identity.ts'

/** How a probe asks, once `auto` has been decided. */
export type SentKind = 'icmp' | 'udp' | 'dns' | 'syn' | 'connect' | 'http'

/** A probe as far as it can be recognised. */
export interface ProbeMarks {
  readonly kind: SentKind
  readonly family: 4 | 6
  readonly identity: ProbeIdentity
  /** For ICMP the echo id. */
  readonly sourcePort: number
  /** Of the IP packet, bytes. */
  readonly length: number
  /** Connections that somebody makes on behalf of the probe's (docker-proxy): where they lead. */
  readonly companions: readonly Companion[]
  /** Of IPv6: whom the kernel will have to ask for by neighbour discovery, which rules judge as the probe. */
  readonly neighbors: readonly string[]
}

/** Where a connection made on behalf of another leads. */
export interface Companion {
  readonly address: string
  readonly port: number
}

/** One condition on the bytes of a packet: `at` counts bytes from the start of the transport header. */
export interface Bytes {
  readonly at: number
  readonly size: 1 | 2 | 4
  readonly from: number
  /** Where a range is meant; else exactly `from`. */
  readonly to?: number
}

/** A packet of one transport protocol whose bytes fulfil all conditions. */
export interface Pattern {
  readonly protocol: number
  readonly bytes: readonly Bytes[]
}

/** Numbers of IP's protocols. */
export const ICMP = { 4: 1, 6: 58 } as const
export const TCP = 6
export const UDP = 17

/** Returns what leaves from the port, and what comes back to it; `at` is where the transport header begins. */
export function ports(protocol: number, port: number, at: number): readonly Pattern[] {
  return [
    { protocol, bytes: [{ at, size: 2, from: port }] },
    { protocol, bytes: [{ at: at + 2, size: 2, from: port }] },
  ]
}

/** Returns the condition that the cookie stands there. */
export function cookieAt(at: number, { cookie }: ProbeIdentity): readonly Bytes[] {
  return [0, 4].map((offset) => ({
    at: at + offset,
    size: 4,
    from: Number.parseInt(cookie.slice(offset * 2, offset * 2 + 8), 16),
  }))
}

/** Returns the condition that the id of the DNS question stands there. */
export function dnsId(at: number, { cookie }: ProbeIdentity): Bytes {
  return { at, size: 2, from: Number.parseInt(cookie.slice(0, 4), 16) }
}

/** Tells whether a datagram or an echo has room for the cookie. */
export function hasCookie({ family, length }: ProbeMarks): boolean {
  return length >= (family === 4 ? 20 : 40) + 16
}

/** Below this no link cuts a packet (RFC 8200). */
const NEVER_CUT = 1280

/** IPv6's fragment header: its number as a next header, and its length. */
export const PIECE = 44
export const PIECE_HEADER = 8

/** Tells whether some link may cut the packet. */
export function isCut({ length }: ProbeMarks): boolean {
  return length > NEVER_CUT
}

/** Returns the number of the probe's own protocol. */
export function numberOf({ kind, family }: ProbeMarks): number {
  if (kind === 'icmp') return ICMP[family]
  return kind === 'udp' || kind === 'dns' ? UDP : TCP
}
