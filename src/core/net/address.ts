import type { Family } from './packet.ts'

/** An address as a number: an unsigned 32-bit integer for IPv4, a 128-bit bigint for IPv6. */
export type IpValue = number | bigint

/** An address that was read: which IP version it is of and its number. */
export type IpAddress = { readonly family: 4; readonly value: number } | { readonly family: 6; readonly value: bigint }

/**
 * Returns the number of a dotted-quad IPv4 address (0 to 4294967295), or null for anything else. As inet_pton: four
 * decimal parts, no leading zeros, no shorthand.
 */
export function parseIpv4(text: string): number | null {
  let value = 0
  let parts = 0
  let digits = 0
  let part = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46
    if (code === 46) {
      if (digits === 0 || parts === 4) return null
      value = value * 256 + part
      parts++
      digits = 0
      part = 0
    } else {
      if (code < 48 || code > 57 || (digits > 0 && part === 0)) return null
      part = part * 10 + (code - 48)
      if (part > 255) return null
      digits++
    }
  }
  return parts === 4 ? value : null
}

/** Returns the number of an IPv6 address in any spelling of RFC 4291 2.2 (also `::ffff:10.0.0.1`), else null. No zone. */
export function parseIpv6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : []
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  let value = 0n
  for (const group of [...head, ...new Array<number>(missing).fill(0), ...tail]) value = (value << 16n) | BigInt(group)
  return value
}

/** The 16-bit groups of one side of `::`; an embedded IPv4 address may stand only at the very end of the text. */
function parseGroups(text: string, atEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const words = text.split(':')
  for (const [index, word] of words.entries()) {
    if (atEnd && index === words.length - 1 && word.includes('.')) {
      const embedded = parseIpv4(word)
      if (embedded === null) return null
      groups.push(embedded >>> 16, embedded & 0xffff)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(word)) return null
      groups.push(Number.parseInt(word, 16))
    }
  }
  return groups
}

/** Returns the address that a text spells, of either version, or null. */
export function parseAddress(text: string): IpAddress | null {
  if (text.includes(':')) {
    const value = parseIpv6(text)
    return value === null ? null : { family: 6, value }
  }
  const value = parseIpv4(text)
  return value === null ? null : { family: 4, value }
}

/** Returns the dotted quad of an unsigned 32-bit integer. */
export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** Returns the RFC 5952 text of an IPv6 address: lower case, no leading zeros, the longest run of zeros as `::`. */
export function formatIpv6(value: bigint): string {
  const groups: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn))
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(Number(value & 0xffffffffn))}`
  const run = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (run.length < 2) return hex.join(':')
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1
    else if (index - start + 1 > best.length) best = { start, length: index - start + 1 }
  }
  return best
}

/** Returns the canonical text of an address value. */
export function formatAddress(family: Family, value: IpValue): string {
  return family === 4 ? formatIpv4(Number(value)) : formatIpv6(BigInt(value))
}

/** Returns the canonical spelling of an address, or null when the text is none. */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text)
  return address === null ? null : formatAddress(address.family, address.value)
}

/**
 * Tells whether the way to a canonical address leads only by the device that a packet came in by: it may stand on others as
 * well (linux:net/ipv6/route.c rt6_need_strict).
 */
export function isBoundToLink(address: string): boolean {
  return address === '::1' || isLinkLocal(address)
}

/** Tells whether a canonical address is an IPv6 one that lives on a single link (fe80::/10). */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(address)
}
