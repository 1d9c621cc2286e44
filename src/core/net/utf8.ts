/**
 * UTF-8 without TextDecoder and TextEncoder: those are web APIs, which the pure core has no types for.
 */

/** Decodes UTF-8. Bytes that are not UTF-8 become U+FFFD, one for each, so that nothing throws. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; ) {
    const [codePoint, length] = codePointAt(bytes, index)
    text += String.fromCodePoint(codePoint)
    index += length
  }
  return text
}

function codePointAt(bytes: Uint8Array, index: number): readonly [number, number] {
  const first = bytes[index] ?? 0
  if (first < 0x80) return [first, 1]
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first >= 0xf5) return [0xfffd, 1]
  let codePoint = first & (0xff >> (length + 1))
  for (let step = 1; step < length; step += 1) {
    const next = bytes[index + step] ?? 0
    if ((next & 0xc0) !== 0x80) return [0xfffd, step]
    codePoint = (codePoint << 6) | (next & 0x3f)
  }
  const valid = codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  return [valid ? codePoint : 0xfffd, length]
}

/** Encodes UTF-8. Half of a surrogate pair becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0xfffd
    pushCodePoint(bytes, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point)
  }
  return Uint8Array.from(bytes)
}

function pushCodePoint(bytes: number[], point: number): void {
  const tail = (shift: number): number => 0x80 | ((point >> shift) & 0x3f)
  if (point < 0x80) bytes.push(point)
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(0))
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(6), tail(0))
  else bytes.push(0xf0 | (point >> 18), tail(12), tail(6), tail(0))
}
