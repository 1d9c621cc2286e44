/**
 * Words that match one probe and what it causes, for tcpdump and for nft. Only headers and payload are looked at: an
 * expression of conntrack, or a nat chain, would turn connection tracking on in a namespace that has none, and so change
 * what is watched.
 */
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
}

export interface Companion {
  readonly address: string
  readonly port: number
}

/** One condition on the bytes of a packet: `at` counts bytes from the start of the transport header. */
interface Bytes {
  readonly at: number
  readonly size: 1 | 2 | 4
  readonly from: number
  /** Where a range is meant; else exactly `from`. */
  readonly to?: number
}

/** A packet of one transport protocol whose bytes fulfil all conditions. */
interface Pattern {
  readonly protocol: number
  readonly bytes: readonly Bytes[]
}

const ICMP = { 4: 1, 6: 58 } as const
const TCP = 6
const UDP = 17

/** Types of ICMP errors; redirects (5, 137) are advice, and the probe causes them, too. */
const ERRORS = { 4: [3, 4, 5, 11, 12], 6: [1, 2, 3, 4, 137] } as const

/** How far behind the start of an ICMP error the quoted packet's transport header is, and where its protocol stands. */
const QUOTED = { 4: { transport: 28, protocol: 17 }, 6: { transport: 48, protocol: 14 } } as const

/** How much of a connection is watched: a request and its answer. */
const WINDOW = 0xffff

/** Returns the filter for tcpdump: the probe, its answers, errors about it, and the questions for neighbours. */
export function captureFilter(marks: ProbeMarks): string {
  const patterns = [...ownPatterns(marks), ...errorPatterns(marks)].map((pattern) => toFilter(pattern, marks.family))
  const companions = marks.companions.map(({ address, port }) => `(host ${address} and tcp port ${port})`)
  const neighbors = marks.family === 4 ? 'arp' : '(icmp6 and ip6[40] >= 135 and ip6[40] <= 137)'
  return [...patterns, ...fragmentFilter(marks), ...companions, neighbors].join(' or ')
}

/** Returns the matches for nft, one a rule. */
export function traceMatches(marks: ProbeMarks): readonly string[] {
  const ip = marks.family === 4 ? 'ip' : 'ip6'
  return [
    ...[...ownPatterns(marks), ...errorPatterns(marks)].map((pattern) => toRule(pattern, marks.family)),
    ...fragmentRule(marks),
    ...marks.companions.flatMap(({ address, port }) => [
      `${ip} daddr ${address} tcp dport ${port}`,
      `${ip} saddr ${address} tcp sport ${port}`,
    ]),
  ]
}

function ownPatterns(marks: ProbeMarks): readonly Pattern[] {
  const { kind, family, identity, sourcePort } = marks
  switch (kind) {
    case 'icmp':
      return hasCookie(marks)
        ? [{ protocol: ICMP[family], bytes: cookieAt(8, identity) }]
        : (family === 4 ? [0, 8] : [128, 129]).map((type) => ({
            protocol: ICMP[family],
            bytes: [
              { at: 0, size: 1, from: type },
              { at: 6, size: 2, from: identity.sequence },
            ],
          }))
    case 'udp':
      return [
        ...(hasCookie(marks) ? [{ protocol: UDP, bytes: cookieAt(8, identity) }] : []),
        ...ports(UDP, sourcePort, 0),
      ]
    case 'dns':
      return [{ protocol: UDP, bytes: [dnsId(8, identity)] }, ...ports(UDP, sourcePort, 0)]
    case 'syn':
    case 'connect':
    case 'http':
      return [...sequences(kind, identity), ...ports(TCP, sourcePort, 0)]
    default:
      return kind satisfies never
  }
}

/** A lone SYN is answered to its number plus one, and so is what the sender's kernel then resets. */
function sequences(kind: 'syn' | 'connect' | 'http', { isn }: ProbeIdentity): readonly Pattern[] {
  const to = kind === 'syn' ? isn + 1 : isn + WINDOW
  return [4, 8].map((at) => ({ protocol: TCP, bytes: [{ at, size: 4, from: at === 4 ? isn : isn + 1, to }] }))
}

/** IPv6's first piece has a header of its own before that of the transport. */
function aboutPiece(number: number, bytes: readonly Bytes[]): readonly Bytes[] {
  const { protocol, transport } = QUOTED[6]
  const later = bytes.map((each) => ({ ...each, at: each.at + PIECE_HEADER }))
  return [{ at: protocol, size: 1, from: PIECE }, { at: transport, size: 1, from: number }, ...later]
}

function errorPatterns(marks: ProbeMarks): readonly Pattern[] {
  const { kind, family, identity, sourcePort } = marks
  const { transport, protocol } = QUOTED[family]
  const quoting = (bytes: readonly Bytes[]): readonly Pattern[] =>
    ERRORS[family].map((type) => ({ protocol: ICMP[family], bytes: [{ at: 0, size: 1, from: type }, ...bytes] }))
  const about = (number: number, bytes: readonly Bytes[]): readonly Pattern[] => [
    ...quoting([{ at: protocol, size: 1, from: number }, ...bytes]),
    ...(isCut(marks) && family === 6 ? quoting(aboutPiece(number, bytes)) : []),
  ]
  const byPort = (number: number) => ports(number, sourcePort, transport).flatMap(({ bytes }) => about(number, bytes))
  switch (kind) {
    case 'icmp':
      return about(ICMP[family], [{ at: transport + 6, size: 2, from: identity.sequence }])
    case 'udp':
      return [...(hasCookie(marks) ? about(UDP, cookieAt(transport + 8, identity)) : []), ...byPort(UDP)]
    case 'dns':
      return [...about(UDP, [dnsId(transport + 8, identity)]), ...byPort(UDP)]
    case 'syn':
    case 'connect':
    case 'http':
      return [...about(TCP, [{ at: transport + 4, size: 4, from: identity.isn }]), ...byPort(TCP)]
    default:
      return kind satisfies never
  }
}

/** What leaves from the port, and what comes back to it. */
function ports(protocol: number, port: number, at: number): readonly Pattern[] {
  return [
    { protocol, bytes: [{ at, size: 2, from: port }] },
    { protocol, bytes: [{ at: at + 2, size: 2, from: port }] },
  ]
}

function cookieAt(at: number, { cookie }: ProbeIdentity): readonly Bytes[] {
  return [0, 4].map((offset) => ({
    at: at + offset,
    size: 4,
    from: Number.parseInt(cookie.slice(offset * 2, offset * 2 + 8), 16),
  }))
}

function dnsId(at: number, { cookie }: ProbeIdentity): Bytes {
  return { at, size: 2, from: Number.parseInt(cookie.slice(0, 4), 16) }
}

function hasCookie({ family, length }: ProbeMarks): boolean {
  return length >= (family === 4 ? 20 : 40) + 16
}

/** Below this no link cuts a packet (RFC 8200). */
const NEVER_CUT = 1280

/** IPv6's fragment header: its number as a next header, and its length. */
const PIECE = 44
const PIECE_HEADER = 8

function isCut({ length }: ProbeMarks): boolean {
  return length > NEVER_CUT
}

function numberOf({ kind, family }: ProbeMarks): number {
  if (kind === 'icmp') return ICMP[family]
  return kind === 'udp' || kind === 'dns' ? UDP : TCP
}

/**
 * Later fragments have no transport header. A packet that must be cut has an id of the kernel's choice, so every later
 * fragment of the protocol is taken, of IPv6 every fragment; there are few of those.
 */
function fragmentFilter(marks: ProbeMarks): readonly string[] {
  if (!isCut(marks)) return []
  const number = numberOf(marks)
  if (marks.family === 6) return [`(ip6[6] = ${PIECE} and ip6[40] = ${number})`]
  return [`(ip[6:2] & 0x1fff != 0 and ip[9] = ${number})`]
}

function fragmentRule(marks: ProbeMarks): readonly string[] {
  if (!isCut(marks)) return []
  const number = numberOf(marks)
  if (marks.family === 6) return [`meta nfproto ipv6 meta l4proto ${number} frag frag-off != 0`]
  return [`ip protocol ${number} ip frag-off & 0x1fff != 0`]
}

/** tcpdump counts IPv6 from the IP header; it knows of no transport behind extension headers. */
function toFilter({ protocol, bytes }: Pattern, family: 4 | 6): string {
  const names: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' }
  const where = (at: number, size: number): string =>
    family === 4 ? `${names[protocol]}[${at}:${size}]` : `ip6[${40 + at}:${size}]`
  const conditions = bytes.map(({ at, size, from, to }) =>
    to === undefined ? `${where(at, size)} = ${from}` : `${where(at, size)} >= ${from} and ${where(at, size)} <= ${to}`,
  )
  const base = family === 4 ? [] : [`ip6[6] = ${protocol}`]
  return `(${[...base, ...conditions].join(' and ')})`
}

function toRule({ protocol, bytes }: Pattern, family: 4 | 6): string {
  const conditions = bytes.map(
    ({ at, size, from, to }) => `@th,${at * 8},${size * 8} ${to === undefined ? from : `${from}-${to}`}`,
  )
  return [`meta nfproto ipv${family} meta l4proto ${protocol}`, ...conditions].join(' ')
}
