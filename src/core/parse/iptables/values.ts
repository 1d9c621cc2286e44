import type { PortRange } from '../../host/match.ts'

/** Reads `80`, `1000:2000`, `:1023`, `1024:` (or with another separator); null when it is none or upside down. */
export function readRange(text: string, separator = ':', most = 65535): PortRange | null {
  const at = text.indexOf(separator)
  const from = at < 0 ? readDecimal(text) : at === 0 ? 0 : readDecimal(text.slice(0, at))
  const to = at < 0 ? from : at === text.length - 1 ? most : readDecimal(text.slice(at + 1))
  if (from === null || to === null || from > to || to > most) return null
  return { from, to }
}

/** Reads a decimal number; null for anything else. */
export function readDecimal(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null
}

/** Reads a decimal or 0x number of 32 bits; null for anything else. */
export function readNumber(text: string): number | null {
  const number = /^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) ? Number(text) : null
  return number !== null && number <= 0xffffffff ? number : null
}

/** Reads `0x1/0xff` or `5`, whose mask is all ones. */
export function readMasked(text: string, ones = 0xffffffff): { readonly value: number; readonly mask: number } | null {
  const [first = '', second, third] = text.split('/')
  const value = readNumber(first)
  const mask = second === undefined ? ones : readNumber(second)
  return value === null || mask === null || third !== undefined ? null : { value, mask }
}
