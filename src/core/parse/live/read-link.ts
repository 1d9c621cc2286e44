import { hexOf, u16, u8 } from './bytes.ts'
import { readSll2 } from './sll2.ts'

/** What a link header of any kind tells; null where it does not. */
export interface LinkHeader {
  readonly etherType: number
  /** Linux's index of the device, in SLL2 alone. */
  readonly deviceIndex: number | null
  readonly direction: 'in' | 'out' | null
  readonly otherHost: boolean
  readonly sourceMac: string | null
  readonly destinationMac: string | null
  readonly payload: Uint8Array
}

/** libpcap's numbers of link types. */
const LINK = { null: 0, ethernet: 1, raw: 101, loop: 108, linuxSll: 113, ipv4: 228, ipv6: 229, linuxSll2: 276 } as const

const ETHER_IPV4 = 0x0800
const ETHER_IPV6 = 0x86dd
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100]
const MOST_TAGS = 4

/**
 * Returns the link header of a captured packet, or a text that says why there is none: a link type that is not read, or too
 * few bytes.
 */
export function readLink(linkType: number, bytes: Uint8Array): LinkHeader | string {
  switch (linkType) {
    case LINK.ethernet:
      return readEthernet(bytes)
    case LINK.raw:
    case LINK.ipv4:
    case LINK.ipv6:
      return readRaw(bytes)
    case LINK.null:
    case LINK.loop:
      return bytes.length < 4 ? tooShort(bytes) : readRaw(bytes.subarray(4))
    case LINK.linuxSll:
      return readSll(bytes)
    case LINK.linuxSll2: {
      const link = readSll2(bytes)
      return link === null ? tooShort(bytes) : { ...link, destinationMac: null }
    }
    default:
      return `link type ${linkType} is not read`
  }
}

const NOTHING = {
  deviceIndex: null,
  direction: null,
  otherHost: false,
  sourceMac: null,
  destinationMac: null,
} as const

function readEthernet(bytes: Uint8Array): LinkHeader | string {
  if (bytes.length < 14) return tooShort(bytes)
  let at = 12
  for (let tags = 0; tags < MOST_TAGS && VLAN_TAGS.includes(u16(bytes, at)) && bytes.length >= at + 6; tags += 1)
    at += 4
  return {
    ...NOTHING,
    etherType: u16(bytes, at),
    destinationMac: hexOf(bytes.subarray(0, 6), ':'),
    sourceMac: hexOf(bytes.subarray(6, 12), ':'),
    payload: bytes.subarray(at + 2),
  }
}

/** The version stands in the first four bits of either header. */
function readRaw(bytes: Uint8Array): LinkHeader | string {
  if (bytes.length === 0) return tooShort(bytes)
  return { ...NOTHING, etherType: u8(bytes, 0) >> 4 === 6 ? ETHER_IPV6 : ETHER_IPV4, payload: bytes }
}

/** libpcap: pcap/sll.h sll_header. */
function readSll(bytes: Uint8Array): LinkHeader | string {
  if (bytes.length < 16) return tooShort(bytes)
  const type = u16(bytes, 0)
  return {
    ...NOTHING,
    etherType: u16(bytes, 14),
    direction: type === 4 ? 'out' : 'in',
    otherHost: type === 3,
    sourceMac: u16(bytes, 4) === 6 ? hexOf(bytes.subarray(6, 12), ':') : null,
    payload: bytes.subarray(16),
  }
}

function tooShort(bytes: Uint8Array): string {
  return `a frame of ${bytes.length} bytes, too few for its link header`
}
