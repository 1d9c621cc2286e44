import { formatIpv4, formatIpv6, type IpValue, parseAddress, parseIpv4, parseIpv6 } from './address.ts'
import type { Family } from './packet.ts'

/** An IPv4 range. `mask` and `network` are unsigned 32-bit; `length` is null for a mask with holes (`a/255.0.255.0`). */
export interface Ipv4Prefix {
  readonly family: 4
  readonly network: number
  readonly mask: number
  readonly length: number | null
}

/** An IPv6 range; see Ipv4Prefix. */
export interface Ipv6Prefix {
  readonly family: 6
  readonly network: bigint
  readonly mask: bigint
  readonly length: number | null
}

export type Prefix = Ipv4Prefix | Ipv6Prefix

const ALL_V6 = (1n << 128n) - 1n

/** Returns the IPv4 mask of a prefix length, as an unsigned 32-bit integer. `length` is 0 to 32. */
export function ipv4Mask(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
}

/** Returns the IPv6 mask of a prefix length. `length` is 0 to 128. */
export function ipv6Mask(length: number): bigint {
  return (ALL_V6 << BigInt(128 - length)) & ALL_V6
}

/**
 * Returns the prefix that a text spells, or null: `10.0.0.0/8`, `10.1.2.3` (a single address), `2001:db8::/32`,
 * `10.0.0.0/255.0.255.0`. Host bits are cleared, as the kernel does when it stores a route or a rule.
 */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  const suffix = slash < 0 ? null : text.slice(slash + 1)
  if (address.family === 4) {
    const mask = parseIpv4Mask(suffix)
    if (mask === null) return null
    return { family: 4, network: (address.value & mask) >>> 0, mask, length: ipv4MaskLength(mask) }
  }
  const mask = parseIpv6Mask(suffix)
  if (mask === null) return null
  return { family: 6, network: address.value & mask, mask, length: ipv6MaskLength(mask) }
}

function parseIpv4Mask(suffix: string | null): number | null {
  if (suffix === null) return 0xffffffff
  const length = parseLength(suffix, 32)
  return length === null ? parseIpv4(suffix) : ipv4Mask(length)
}

function parseIpv6Mask(suffix: string | null): bigint | null {
  if (suffix === null) return ALL_V6
  const length = parseLength(suffix, 128)
  return length === null ? parseIpv6(suffix) : ipv6Mask(length)
}

function parseLength(text: string, most: number): number | null {
  if (!/^\d{1,3}$/.test(text)) return null
  const length = Number(text)
  return length <= most ? length : null
}

function ipv4MaskLength(mask: number): number | null {
  const length = mask === 0 ? 0 : 32 - trailingZeros(mask)
  return ipv4Mask(length) === mask ? length : null
}

function trailingZeros(mask: number): number {
  return 31 - Math.clz32(mask & -mask)
}

function ipv6MaskLength(mask: bigint): number | null {
  for (let length = 0; length <= 128; length++) if (ipv6Mask(length) === mask) return length
  return null
}

/** Tells whether an address lies in a prefix. An address of the other IP version never does. */
export function prefixContains(prefix: Prefix, value: IpValue): boolean {
  if (prefix.family === 4) return typeof value === 'number' && ((value ^ prefix.network) & prefix.mask) === 0
  return typeof value === 'bigint' && (value & prefix.mask) === prefix.network
}

/** Returns the canonical text of a prefix: `10.0.0.0/8`; a mask with holes is written out. */
function formatPrefix(prefix: Prefix): string {
  if (prefix.family === 4) return `${formatIpv4(prefix.network)}/${prefix.length ?? formatIpv4(prefix.mask)}`
  return `${formatIpv6(prefix.network)}/${prefix.length ?? formatIpv6(prefix.mask)}`
}

/** Returns the canonical spelling of a prefix (`/32` or `/128` is written), or null when the text is none. */
export function canonicalPrefix(text: string): string | null {
  const prefix = parsePrefix(text)
  return prefix === null ? null : formatPrefix(prefix)
}

/** Tells whether an address given as text lies in a prefix given as text; false when either cannot be read. */
export function textPrefixContains(prefix: string, address: string): boolean {
  const range = parsePrefix(prefix)
  const value = parseAddress(address)
  return range !== null && value !== null && prefixContains(range, value.value)
}

/** The ranges that the stack treats in a way of their own. `documentation` and private ranges are ordinary to it. */
export type SpecialRange = 'unspecified' | 'loopback' | 'link-local' | 'multicast' | 'broadcast' | 'reserved'

/**
 * Returns what is special about an address, or null for an ordinary unicast one. `broadcast` is 255.255.255.255 only:
 * a subnet's broadcast address is known from its route. Follows linux:include/linux/in.h (ipv4_is_*) and
 * net/ipv6/addrconf_core.c.
 */
export function specialRange(family: Family, value: IpValue): SpecialRange | null {
  return family === 4 ? specialIpv4(Number(value)) : specialIpv6(BigInt(value))
}

function specialIpv4(value: number): SpecialRange | null {
  if (value === 0) return 'unspecified'
  if (value === 0xffffffff) return 'broadcast'
  const top = value >>> 24
  if (top === 127) return 'loopback'
  if (top >= 240) return 'reserved'
  if (top >= 224) return 'multicast'
  return value >>> 16 === 0xa9fe ? 'link-local' : null
}

function specialIpv6(value: bigint): SpecialRange | null {
  if (value === 0n) return 'unspecified'
  if (value === 1n) return 'loopback'
  if (value >> 120n === 0xffn) return 'multicast'
  return value >> 118n === 0x3fan ? 'link-local' : null
}
