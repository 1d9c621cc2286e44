/** Words that nft prints in place of numbers (nftables: src/proto.c, src/datatype.c). */

const ICMP_TYPES: Readonly<Record<string, number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
}

const ICMPV6_TYPES: Readonly<Record<string, number>> = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
}

/** nft uses the codes of "destination unreachable" for every type. */
const ICMP_CODES: Readonly<Record<string, number>> = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
}

const ICMPV6_CODES: Readonly<Record<string, number>> = {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
}

function numberOf(text: string, words: Readonly<Record<string, number>>): number | null {
  const known = words[text]
  if (known !== undefined) return known
  return /^(0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : null
}

/** Returns the number of an ICMP type that nft printed, or null. */
export function readIcmpType(protocol: 'icmp' | 'icmpv6', text: string): number | null {
  return numberOf(text, protocol === 'icmp' ? ICMP_TYPES : ICMPV6_TYPES)
}

/** Returns the number of an ICMP code that nft printed, or null. */
export function readIcmpCode(protocol: 'icmp' | 'icmpv6', text: string): number | null {
  return numberOf(text, protocol === 'icmp' ? ICMP_CODES : ICMPV6_CODES)
}

/** Returns the six bits of a DSCP: `cs6`, `af21`, `ef`, `0x2e`; 0 for a word that is not known. */
export function readDscp(text: string): number {
  const classes = /^cs([0-7])$/.exec(text)
  if (classes !== null) return Number(classes[1]) * 8
  const assured = /^af([1-4])([1-3])$/.exec(text)
  if (assured !== null) return Number(assured[1]) * 8 + Number(assured[2]) * 2
  return numberOf(text, { be: 0, lephb: 1, 'voice-admit': 44, va: 44, ef: 46 }) ?? 0
}

/** Returns the two bits of ECN: `not-ect`, `ect1`, `ect0`, `ce`; 0 for a word that is not known. */
export function readEcn(text: string): number {
  return numberOf(text, { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 }) ?? 0
}
