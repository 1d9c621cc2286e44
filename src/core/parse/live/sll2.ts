import { hexOf, u16, u32, u8 } from './bytes.ts'

/** The header that libpcap puts before each packet of `-i any`: from which device, which way. */
export interface Sll2 {
  readonly etherType: number
  readonly deviceIndex: number
  readonly direction: 'in' | 'out'
  readonly otherHost: boolean
  /** Null for a device whose addresses are no MACs. */
  readonly sourceMac: string | null
  readonly payload: Uint8Array
}

const HEADER = 20
const OTHER_HOST = 3
const OUTGOING = 4
const MAC_LENGTH = 6

/** Returns the header and what follows it, or null for bytes that are too few (libpcap: pcap/sll.h sll2_header). */
export function readSll2(bytes: Uint8Array): Sll2 | null {
  if (bytes.length < HEADER) return null
  const type = u8(bytes, 10)
  return {
    etherType: u16(bytes, 0),
    deviceIndex: u32(bytes, 4),
    direction: type === OUTGOING ? 'out' : 'in',
    otherHost: type === OTHER_HOST,
    sourceMac: u8(bytes, 11) === MAC_LENGTH ? hexOf(bytes.subarray(12, 12 + MAC_LENGTH), ':') : null,
    payload: bytes.subarray(HEADER),
  }
}
