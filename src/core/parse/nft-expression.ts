import type { NftElement, NftExpression, NftVerdict } from '../host/nft.ts'
import { isRecord, type JsonRecord, numberOf, textOf, textsOf } from './json-value.ts'

/** Deeper than nft nests anything; what is deeper is not followed, so that no input can exhaust the stack. */
const DEEPEST = 24

const OPERATORS = ['&', '|', '^', '<<', '>>'] as const

/**
 * Reads one expression of `nft -j` (libnftables-json(5)). What is not known is `unsupported` with its JSON as text. Never
 * throws.
 */
export function parseNftExpression(value: unknown, depth = 0): NftExpression {
  if (depth > DEEPEST) return unsupported('an expression that nests too deep')
  if (typeof value === 'number') return { kind: 'number', value }
  if (typeof value === 'boolean') return { kind: 'flag', value }
  if (typeof value === 'string') return word(value)
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => parseNftExpression(item, depth + 1)) }
  if (!isRecord(value)) return unsupported(value)
  const [kind, ...others] = Object.keys(value)
  if (kind === undefined || others.length > 0) return unsupported(value)
  return parseKind(kind, value[kind], value, depth + 1)
}

function word(text: string): NftExpression {
  return text.startsWith('@') ? { kind: 'set-name', name: text.slice(1) } : { kind: 'word', text }
}

function unsupported(value: unknown): NftExpression {
  return { kind: 'unsupported', text: describeJson(value) }
}

/** Returns a short text of a JSON value, for messages. */
export function describeJson(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}

function parseKind(kind: string, inner: unknown, whole: JsonRecord, depth: number): NftExpression {
  const operator = OPERATORS.find((each) => each === kind)
  if (operator !== undefined || kind === 'concat' || kind === 'set' || kind === 'range') {
    if (!Array.isArray(inner)) return unsupported(whole)
    if (kind === 'set') return { kind, elements: parseNftElements(inner, depth) }
    const parts = inner.map((item) => parseNftExpression(item, depth))
    if (operator !== undefined) return { kind: 'operation', operator, operands: parts }
    if (kind === 'concat') return { kind, parts }
    const [from, to] = parts
    return from === undefined || to === undefined || parts.length > 2 ? unsupported(whole) : { kind: 'range', from, to }
  }
  return isRecord(inner) ? (parseSelector(kind, inner, depth) ?? unsupported(whole)) : unsupported(whole)
}

/** Returns null for what is not known. */
function parseSelector(kind: string, inner: JsonRecord, depth: number): NftExpression | null {
  switch (kind) {
    case 'payload': {
      const [protocol, field] = [textOf(inner, 'protocol'), textOf(inner, 'field')]
      return protocol === null || field === null ? parseRawPayload(inner) : { kind, protocol, field }
    }
    case 'tcp option': {
      const name = textOf(inner, 'name')
      return name === null ? null : { kind: 'tcp-option', name, field: textOf(inner, 'field') }
    }
    case 'exthdr': {
      const name = textOf(inner, 'name')
      return name === null ? null : { kind: 'extension-header', name, field: textOf(inner, 'field') }
    }
    case 'meta': {
      const key = textOf(inner, 'key')
      return key === null ? null : { kind, key }
    }
    case 'ct':
      return parseCt(inner)
    case 'fib': {
      const result = textOf(inner, 'result')
      const flags = typeof inner['flags'] === 'string' ? [inner['flags']] : textsOf(inner, 'flags')
      return result === null ? null : { kind, result, flags }
    }
    case 'prefix': {
      const [address, length] = [textOf(inner, 'addr'), numberOf(inner, 'len')]
      const isLength = length !== null && Number.isInteger(length) && length >= 0 && length <= 128
      return address === null || !isLength ? null : { kind, address, length }
    }
    case 'map':
      return {
        kind,
        key: parseNftExpression(inner['key'], depth),
        set: parseNftExpression(inner['data'], depth),
      }
    case 'elem':
      return parseNftExpression(inner['val'], depth)
    default:
      return null
  }
}

const BASES = ['ll', 'nh', 'th', 'ih'] as const

function parseRawPayload(inner: JsonRecord): NftExpression | null {
  const base = BASES.find((each) => each === inner['base'])
  const [offset, length] = [numberOf(inner, 'offset'), numberOf(inner, 'len')]
  if (base === undefined || offset === null || length === null) return null
  const isPlace = Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length > 0 && length <= 128
  return isPlace ? { kind: 'raw-payload', base, offset, length } : null
}

function parseCt(inner: JsonRecord): NftExpression | null {
  const key = textOf(inner, 'key')
  const direction = inner['dir'] ?? null
  if (key === null || (direction !== null && direction !== 'original' && direction !== 'reply')) return null
  return { kind: 'ct', key, direction }
}

/** Reads the members of a set, or of a map, where each is a pair. */
export function parseNftElements(elements: readonly unknown[], depth = 0): readonly NftElement[] {
  return elements.map((element) => {
    if (!Array.isArray(element)) return { key: parseNftExpression(element, depth + 1), data: null }
    const [key, data] = element as readonly unknown[]
    return {
      key: element.length === 2 ? parseNftExpression(key, depth + 1) : unsupported(element),
      data: parseNftVerdict(data) ?? parseNftExpression(data, depth + 1),
    }
  })
}

/** Reads `{"jump": {"target": "x"}}` and its like; null for what is no verdict. */
export function parseNftVerdict(value: unknown): NftVerdict | null {
  if (!isRecord(value)) return null
  const [kind, ...others] = Object.keys(value)
  if (kind === undefined || others.length > 0) return null
  const inner = value[kind]
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return { kind }
    case 'jump':
    case 'goto': {
      const chain = isRecord(inner) ? textOf(inner, 'target') : null
      return chain === null ? null : { kind, chain }
    }
    case 'queue':
      return { kind, text: describeJson(value) }
    default:
      return null
  }
}
