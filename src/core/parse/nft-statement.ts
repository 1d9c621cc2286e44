import type { NftExpression, NftOperator, NftStatement } from '../host/nft.ts'
import { isRecord, type JsonRecord, numberOf, textsOf } from './json-value.ts'
import { describeJson, parseNftExpression, parseNftVerdict } from './nft-expression.ts'

const OPERATORS: readonly NftOperator[] = ['==', '!=', '<', '>', '<=', '>=', 'in', '!']

/** Statements that change nothing that a trace shows, whatever their arguments. */
const NO_EFFECT: ReadonlySet<string> = new Set(['counter', 'log', 'last', 'ct helper', 'ct timeout', 'ct expectation'])

/** Statements whose outcome depends on what else passes. */
const LIMITS: ReadonlySet<string> = new Set(['limit', 'quota', 'ct count', 'connlimit'])

/**
 * Reads one statement of a rule of `nft -j`. What is not known is `unsupported` with its JSON as text: where a packet comes
 * to it, its way cannot be told. Never throws.
 */
export function parseNftStatement(value: unknown): NftStatement {
  const verdict = parseNftVerdict(value)
  if (verdict !== null) return { kind: 'verdict', verdict }
  if (!isRecord(value)) return unsupported(value)
  const [name, ...others] = Object.keys(value)
  if (name === undefined || others.length > 0) return unsupported(value)
  if (NO_EFFECT.has(name)) return { kind: 'no-effect', what: name }
  const inner = value[name]
  if (LIMITS.has(name)) return parseLimit(name, inner)
  return parseNamed(name, isRecord(inner) ? inner : {}, inner) ?? unsupported(value)
}

function unsupported(value: unknown): NftStatement {
  return { kind: 'unsupported', text: describeJson(value) }
}

/** A limit that is an object of its own (`limit name "x"`) may count either way; it is then a plain one. */
function parseLimit(what: string, inner: unknown): NftStatement {
  const count = what === 'ct count' && isRecord(inner) ? numberOf(inner, 'val') : null
  const over = isRecord(inner) && inner['inv'] === true
  return count === null ? { kind: 'limit', what, over } : { kind: 'limit', what, over, count }
}

/** Returns null for what is not known. */
function parseNamed(name: string, inner: JsonRecord, raw: unknown): NftStatement | null {
  switch (name) {
    case 'match':
      return parseMatch(inner)
    case 'vmap': {
      const [key, set] = [parseNftExpression(inner['key']), parseNftExpression(inner['data'])]
      return { kind: 'verdict-map', key, set }
    }
    case 'mangle':
      return parseAssignment(inner)
    case 'dnat':
    case 'snat':
      return parseTranslation(name, inner)
    case 'masquerade':
    case 'redirect':
      return raw !== null && !isRecord(raw)
        ? null
        : { kind: name, port: optional(inner['port']), flags: flagsOf(inner) }
    case 'reject':
      return parseReject(inner)
    case 'notrack':
      return { kind: name }
    case 'set':
    case 'map':
    case 'meter':
      return parseUpdate(name, inner)
    default:
      return null
  }
}

function parseMatch(inner: JsonRecord): NftStatement | null {
  const operator = OPERATORS.find((each) => each === inner['op'])
  if (operator === undefined) return null
  return {
    kind: 'match',
    operator,
    left: parseNftExpression(inner['left']),
    right: parseNftExpression(inner['right']),
  }
}

/** Things that can be set and that no trace shows. */
const UNSEEN_KEYS: ReadonlySet<string> = new Set(['meta priority', 'meta nftrace', 'ct label', 'ct event'])

function parseAssignment(inner: JsonRecord): NftStatement {
  const key = parseNftExpression(inner['key'])
  const name = key.kind === 'meta' || key.kind === 'ct' ? `${key.kind} ${key.key}` : ''
  if (UNSEEN_KEYS.has(name)) return { kind: 'no-effect', what: `${name} set` }
  // `tcp option maxseg size set rt mtu` lowers the segment size that the two ends agree on, and nothing else.
  const option = isRecord(inner['key']) ? inner['key']['tcp option'] : undefined
  if (isRecord(option) && option['name'] === 'maxseg') return { kind: 'no-effect', what: 'tcp option maxseg size set' }
  return { kind: 'assign', key, value: parseNftExpression(inner['value']) }
}

function optional(value: unknown): NftExpression | null {
  return value === undefined || value === null ? null : parseNftExpression(value)
}

/** nft before 1.1 prints a single flag without a list. */
function flagsOf(inner: JsonRecord): readonly string[] {
  const each = (key: string): readonly string[] => {
    const value = inner[key]
    return typeof value === 'string' ? [value] : textsOf(inner, key)
  }
  return [...each('flags'), ...each('type_flags')]
}

function parseTranslation(kind: 'dnat' | 'snat', inner: JsonRecord): NftStatement | null {
  const family = inner['family'] ?? null
  if (family !== null && family !== 'ip' && family !== 'ip6') return null
  const [address, port] = [optional(inner['addr']), optional(inner['port'])]
  return address === null && port === null ? null : { kind, family, address, port, flags: flagsOf(inner) }
}

const REJECTS = ['icmp', 'icmpv6', 'icmpx', 'tcp reset'] as const

function parseReject(inner: JsonRecord): NftStatement | null {
  if (Object.keys(inner).length === 0) return { kind: 'reject', type: null, code: null }
  const type = REJECTS.find((each) => each === inner['type'])
  const code = inner['expr']
  if (type === undefined || (code !== undefined && typeof code !== 'string')) return null
  return { kind: 'reject', type, code: code ?? null }
}

/** `add @set { ip saddr }` goes on whatever it does; one with a limit of its own (a meter) decides by it. */
function parseUpdate(what: string, inner: JsonRecord): NftStatement {
  const own = inner['stmt']
  const statements = own === undefined ? [] : Array.isArray(own) ? own : [own]
  const limit = statements.map(parseNftStatement).find(({ kind }) => kind !== 'no-effect')
  if (limit === undefined) return { kind: 'no-effect', what: `${what} update` }
  return limit.kind === 'limit' ? limit : { kind: 'unsupported', text: describeJson(inner) }
}
