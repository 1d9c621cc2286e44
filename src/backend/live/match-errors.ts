/** Words for what is told about a probe: ICMP errors, redirects, and IPv6's discovery of the neighbours that it needs. */
import { parseIpv6 } from '../../core/net/address.ts'
import {
  type Bytes,
  cookieAt,
  dnsId,
  hasCookie,
  ICMP,
  isCut,
  type Pattern,
  PIECE,
  PIECE_HEADER,
  ports,
  type ProbeMarks,
  TCP,
  UDP,
} from './probe-marks.ts'

/** Types of ICMP errors; redirects (5) are advice, and the probe causes them, too. */
const ERRORS = { 4: [3, 4, 5, 11, 12], 6: [1, 2, 3, 4] } as const

/** How far behind the start of an ICMP error the quoted packet's transport header is, and where its protocol stands. */
const QUOTED = { 4: { transport: 28, protocol: 17 }, 6: { transport: 48, protocol: 14 } } as const

/** Returns the errors that quote the probe, or an answer to it. */
export function errorPatterns(marks: ProbeMarks): readonly Pattern[] {
  const { kind, family, identity, sourcePort } = marks
  const { transport, protocol } = QUOTED[family]
  const quoting = (bytes: readonly Bytes[]): readonly Pattern[] =>
    ERRORS[family].map((type) => ({ protocol: ICMP[family], bytes: [{ at: 0, size: 1, from: type }, ...bytes] }))
  const about = (number: number, bytes: readonly Bytes[]): readonly Pattern[] => [
    ...quoting([{ at: protocol, size: 1, from: number }, ...bytes]),
    ...(isCut(marks) && family === 6 ? quoting(aboutPiece(number, bytes)) : []),
    ...(family === 6 ? redirects([{ at: protocol, size: 1, from: number }, ...bytes]) : []),
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

/** A redirect of IPv6 has two addresses before what it is about, then perhaps an option with a MAC, and the head of an option. */
function redirects(about: readonly Bytes[]): readonly Pattern[] {
  return [40, 48].map((more) => ({
    protocol: ICMP[6],
    bytes: [{ at: 0, size: 1, from: REDIRECT6 }, ...about.map((each) => ({ ...each, at: each.at + more }))],
  }))
}

const REDIRECT6 = 137
const SOLICITATION = 135
const ADVERTISEMENT = 136

/** Returns what is asked, and answered, about some neighbours of IPv6: the address stands behind the first eight bytes. */
export function discoveryPatterns(neighbors: readonly string[]): readonly Pattern[] {
  return neighbors.flatMap((address) => {
    const bits = parseIpv6(address)
    if (bits === null) return []
    const wordAt = (word: number): number => Number((bits >> BigInt(96 - word * 32)) & 0xffff_ffffn)
    const target = [0, 1, 2, 3].map((word): Bytes => ({ at: 8 + word * 4, size: 4, from: wordAt(word) }))
    return [SOLICITATION, ADVERTISEMENT].map((type) => ({
      protocol: ICMP[6],
      bytes: [{ at: 0, size: 1, from: type } as const, ...target],
    }))
  })
}

/** IPv6's first piece has a header of its own before that of the transport. */
function aboutPiece(number: number, bytes: readonly Bytes[]): readonly Bytes[] {
  const { protocol, transport } = QUOTED[6]
  const later = bytes.map((each) => ({ ...each, at: each.at + PIECE_HEADER }))
  return [{ at: protocol, size: 1, from: PIECE }, { at: transport, size: 1, from: number }, ...later]
}
