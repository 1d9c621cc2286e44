import { formatAddress, parseAddress } from '../../net/address.ts'
import { parsePrefix } from '../../net/prefix.ts'

/** A subnet as numbers: one arithmetic for both IP versions. `first` and `last` belong to it. */
export interface IpRange {
  readonly family: 4 | 6
  readonly first: bigint
  readonly last: bigint
  readonly length: number
}

/** Returns the range that a prefix spells; host bits are cleared. Throws for a text that checkScene would have refused. */
export function toRange(text: string): IpRange {
  const prefix = parsePrefix(text)
  if (prefix === null || prefix.length === null) throw new Error(`not a prefix: ${text}`)
  return rangeOf(prefix.family, BigInt(prefix.network), prefix.length)
}

/** Returns the range of `length` that begins at an address. */
export function rangeOf(family: 4 | 6, first: bigint, length: number): IpRange {
  const size = 1n << BigInt(bitsOf(family) - length)
  return { family, first, last: first + size - 1n, length }
}

export function bitsOf(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128
}

/** Returns the number of an address. Throws for a text that checkScene would have refused. */
export function toValue(text: string): bigint {
  const address = parseAddress(text)
  if (address === null) throw new Error(`not an address: ${text}`)
  return BigInt(address.value)
}

export function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4
}

export function formatValue(family: 4 | 6, value: bigint): string {
  return formatAddress(family, family === 4 ? Number(value) : value)
}

export function formatRange({ family, first, length }: IpRange): string {
  return `${formatValue(family, first)}/${length}`
}

export function overlaps(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last
}

export function contains(range: IpRange, address: string): boolean {
  const value = toValue(address)
  return familyOf(address) === range.family && value >= range.first && value <= range.last
}
