import { ICMP_CODES, ICMP_TYPES, ICMPV6_CODES, ICMPV6_TYPES } from '../../net/icmp-words.ts'

/** Where nft has no word for a number it prints the number. */
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
