import { formatIpv6 } from '../../net/address.ts'

/** Reads of network bytes. Beyond the end there are zeros: whoever reads has looked at the length. */

/** Returns the byte at an offset. */
export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

/** Returns two bytes in network order. */
export function u16(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) * 256 + u8(bytes, at + 1)
}

/** Returns four bytes in network order, unsigned. */
export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 65_536 + u16(bytes, at + 2)
}

/** Returns four bytes with the lowest first, unsigned. */
export function u32Little(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) + u8(bytes, at + 1) * 256 + u8(bytes, at + 2) * 65_536 + u8(bytes, at + 3) * 16_777_216
}

/** Returns the text of the IPv6 address at an offset. */
export function ipv6At(bytes: Uint8Array, at: number): string {
  let value = 0n
  for (let word = 0; word < 4; word += 1) value = (value << 32n) | BigInt(u32(bytes, at + word * 4))
  return formatIpv6(value)
}

/** Returns two runs of bytes as one. */
export function joinBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}

/** Returns bytes as hexadecimal digits with `between` between them. */
export function hexOf(bytes: Uint8Array, between = ''): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(between)
}
