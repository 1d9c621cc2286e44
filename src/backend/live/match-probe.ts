/**
 * Words that match one probe and what it causes, for tcpdump and for nft. Only headers and payload are looked at: an
 * expression of conntrack, or a nat chain, would turn connection tracking on in a namespace that has none, and so change
 * what is watched.
 */
import { discoveryPatterns, errorPatterns } from './match-errors.ts'
import type { ProbeIdentity } from './probe-identity.ts'
import {
  cookieAt,
  dnsId,
  hasCookie,
  ICMP,
  isCut,
  numberOf,
  type Pattern,
  PIECE,
  ports,
  type ProbeMarks,
  TCP,
  UDP,
} from './probe-marks.ts'

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
    ...[...ownPatterns(marks), ...errorPatterns(marks), ...discoveryPatterns(marks.neighbors)].map((pattern) =>
      toRule(pattern, marks.family),
    ),
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
