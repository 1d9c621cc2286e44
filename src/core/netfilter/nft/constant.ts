import type { NftExpression } from '../../host/nft.ts'
import { ipv4Mask, ipv6Mask } from '../../net/prefix.ts'
import { DEVICE, type Datatype } from './datatype.ts'
import { combine, type NftValue } from './value.ts'

/** Tells whether a value is what a constant stands for: itself, within a prefix or a range, a name's beginning. */
export type ConstantTest = (value: NftValue) => boolean

/** Returns the one value that a constant stands for, bits that are listed together; null when it is no single one. */
export function constantValue(expression: NftExpression, type: Datatype): NftValue | null {
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'word':
      return type.parse(expression.text)
    case 'list':
      return unite(expression.items, type)
    case 'operation':
      return expression.operator === '|' ? unite(expression.operands, type) : null
    default:
      return null
  }
}

function unite(items: readonly NftExpression[], type: Datatype): NftValue | null {
  let bits: NftValue | null = 0
  for (const item of items) {
    const value = constantValue(item, type)
    bits = value === null || bits === null ? null : combine('|', bits, value)
  }
  return bits
}

/** Returns the test for a constant, or null when it cannot be read as one of its type. */
export function constantTest(expression: NftExpression, type: Datatype): ConstantTest | null {
  if (expression.kind === 'prefix') return prefixTest(expression.address, expression.length, type)
  if (expression.kind === 'range') return rangeTest(expression, type)
  if (expression.kind === 'flag') return type === DEVICE ? (value) => (value !== '') === expression.value : null
  if (expression.kind === 'word' && type === DEVICE) return deviceTest(expression.text)
  const wanted = constantValue(expression, type)
  return wanted === null ? null : (value) => value === wanted
}

/** A `*` at the end stands for any ending; nft writes `\*` for the letter itself. */
function deviceTest(name: string): ConstantTest {
  if (!name.endsWith('*')) return (value) => value === name
  if (name.endsWith('\\*')) {
    const plain = `${name.slice(0, -2)}*`
    return (value) => value === plain
  }
  const start = name.slice(0, -1)
  return (value) => typeof value === 'string' && value.startsWith(start)
}

function prefixTest(address: string, length: number, type: Datatype): ConstantTest | null {
  const network = type.parse(address)
  if (typeof network === 'number' && length <= 32) {
    const mask = ipv4Mask(length)
    return (value) => typeof value === 'number' && ((value ^ network) & mask) === 0
  }
  if (typeof network === 'bigint') {
    const mask = ipv6Mask(length)
    return (value) => typeof value === 'bigint' && ((value ^ network) & mask) === 0n
  }
  return null
}

function rangeTest(
  expression: Extract<NftExpression, { readonly kind: 'range' }>,
  type: Datatype,
): ConstantTest | null {
  const [from, to] = [constantValue(expression.from, type), constantValue(expression.to, type)]
  if (from === null || to === null || typeof from === 'string' || typeof to === 'string') return null
  return (value) => typeof value !== 'string' && value >= from && value <= to
}
