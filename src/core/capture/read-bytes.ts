/** Unsigned integers of bytes in one byte order. Reading behind the end gives zeros: callers check lengths first. */
export interface ByteReader {
  uint16(offset: number): number
  uint32(offset: number): number
  /** A signed 64-bit integer. */
  int64(offset: number): bigint
  bytes(from: number, to: number): Uint8Array
}

/** Returns a reader over the bytes, which it does not copy. */
export function createByteReader(data: Uint8Array, littleEndian: boolean): ByteReader {
  const at = (offset: number): number => data[offset] ?? 0
  const uint16 = (offset: number): number =>
    littleEndian ? at(offset) | (at(offset + 1) << 8) : (at(offset) << 8) | at(offset + 1)
  const uint32 = (offset: number): number => {
    const [low, high] = littleEndian ? [offset, offset + 2] : [offset + 2, offset]
    return uint16(high) * 0x10000 + uint16(low)
  }
  return {
    uint16,
    uint32,
    int64: (offset) => {
      const [low, high] = littleEndian ? [offset, offset + 4] : [offset + 4, offset]
      return BigInt.asIntN(64, (BigInt(uint32(high)) << 32n) | BigInt(uint32(low)))
    },
    bytes: (from, to) => data.subarray(from, Math.max(from, to)),
  }
}
