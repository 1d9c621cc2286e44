import type { NftExpression } from '../../../host/nft.ts'
import type { Datatype } from '../datatype.ts'
import { lookUp, type SetScope } from '../set.ts'
import { combine, isUnknown, MISSING, type Reader, type ReadResult, unknown } from '../value.ts'
import { constantValue } from '../constant.ts'
import { selectCt } from './ct.ts'
import { selectExtensionHeader } from './extension-header.ts'
import { selectFib } from './fib.ts'
import { selectMeta } from './meta.ts'
import { selectEther } from './payload-ether.ts'
import { selectIcmp } from './payload-icmp.ts'
import { selectIpv4, selectIpv6 } from './payload-ip.ts'
import { selectRawPayload } from './raw-payload.ts'
import { selectTcpOption } from './tcp-option.ts'
import { selectTransport } from './payload-transport.ts'
import type { Selector } from './selector.ts'

/**
 * Returns an expression ready to be read. `type` is what a constant in it is of, as far as nothing else tells. What is not
 * evaluated reads as unknown.
 */
export function compileExpression(expression: NftExpression, type: Datatype, scope: SetScope): Selector {
  switch (expression.kind) {
    case 'payload':
    case 'meta':
    case 'ct':
    case 'fib':
    case 'raw-payload':
    case 'tcp-option':
    case 'extension-header':
      return select(expression) ?? unreadable(type, describeExpression(expression))
    case 'operation':
      return compileOperation(expression.operator, expression.operands, type, scope)
    case 'map':
      return compileMap(expression, type, scope)
    case 'number':
    case 'word':
    case 'list': {
      const value = constantValue(expression, type)
      return value === null ? unreadable(type, describeExpression(expression)) : { type, read: () => value }
    }
    default:
      return unreadable(type, describeExpression(expression))
  }
}

function unreadable(type: Datatype, what: string): Selector {
  const result = unknown(what)
  return { type, read: () => result }
}

type Selecting = Extract<
  NftExpression,
  { readonly kind: 'payload' | 'raw-payload' | 'tcp-option' | 'meta' | 'ct' | 'fib' | 'extension-header' }
>

function select(expression: Selecting): Selector | null {
  switch (expression.kind) {
    case 'meta':
      return selectMeta(expression.key)
    case 'ct':
      return selectCt(expression.key, expression.direction)
    case 'fib':
      return selectFib(expression.result, expression.flags)
    case 'payload':
      return selectPayload(expression.protocol, expression.field)
    case 'raw-payload':
      return selectRawPayload(expression.base, expression.offset, expression.length)
    case 'tcp-option':
      return selectTcpOption(expression.field)
    case 'extension-header':
      return selectExtensionHeader(expression.name, expression.field)
    default:
      return expression satisfies never
  }
}

function selectPayload(protocol: string, field: string): Selector | null {
  switch (protocol) {
    case 'ip':
      return selectIpv4(field)
    case 'ip6':
      return selectIpv6(field)
    case 'icmp':
    case 'icmpv6':
      return selectIcmp(protocol, field)
    case 'ether':
      return selectEther(field)
    case 'tcp':
    case 'udp':
    case 'sctp':
    case 'dccp':
    case 'udplite':
    case 'th':
      return selectTransport(protocol, field)
    default:
      return null
  }
}

/** Constants among the operands are of the type of what is read. */
function compileOperation(
  operator: '&' | '|' | '^' | '<<' | '>>',
  operands: readonly NftExpression[],
  hint: Datatype,
  scope: SetScope,
): Selector {
  const first = operands[0]
  if (first === undefined) return unreadable(hint, 'an operation on nothing')
  const left = compileExpression(first, hint, scope)
  const rest = operands.slice(1).map((operand) => compileExpression(operand, left.type, scope).read)
  const read: Reader = (run) => {
    let result: ReadResult = left.read(run)
    for (const operand of rest) result = apply(operator, result, operand(run))
    return result
  }
  return { type: left.type, read }
}

function apply(operator: '&' | '|' | '^' | '<<' | '>>', left: ReadResult, right: ReadResult): ReadResult {
  if (left === MISSING || right === MISSING) return MISSING
  if (isUnknown(left)) return left
  if (isUnknown(right)) return right
  return combine(operator, left, right) ?? unknown(`"${operator}" of what is no number`)
}

function compileMap(
  expression: Extract<NftExpression, { readonly kind: 'map' }>,
  type: Datatype,
  scope: SetScope,
): Selector {
  const find = lookUp(compileKey(expression.key, type, scope), expression.set, scope)
  const read: Reader = (run) => {
    const element = find(run)
    if (element === null || element === MISSING) return MISSING
    if (isUnknown(element)) return element
    const { data } = element
    const value = data !== null && (data.kind === 'number' || data.kind === 'word') ? constantValue(data, type) : null
    return value ?? unknown('what a map has for the packet')
  }
  return { type, read }
}

/** Returns the parts of a key: several for a concatenation. */
export function compileKey(expression: NftExpression, type: Datatype, scope: SetScope): readonly Selector[] {
  const parts = expression.kind === 'concat' ? expression.parts : [expression]
  return parts.map((part) => compileExpression(part, type, scope))
}

/** Returns an expression in words, close to what nft prints. */
export function describeExpression(expression: NftExpression): string {
  switch (expression.kind) {
    case 'payload':
      return `${expression.protocol} ${expression.field}`
    case 'meta':
      return `meta ${expression.key}`
    case 'raw-payload':
      return `@${expression.base},${expression.offset},${expression.length}`
    case 'tcp-option':
      return `tcp option ${expression.name} ${expression.field ?? ''}`.trim()
    case 'extension-header':
      return `${expression.name} ${expression.field ?? ''}`.trim()
    case 'ct':
      return ['ct', expression.direction, expression.key].filter((part) => part !== null).join(' ')
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`
    case 'operation':
      return expression.operands.map(describeExpression).join(` ${expression.operator} `)
    case 'concat':
      return expression.parts.map(describeExpression).join(' . ')
    case 'map':
      return `${describeExpression(expression.key)} map ${describeExpression(expression.set)}`
    case 'number':
      return String(expression.value)
    case 'flag':
      return expression.value ? 'exists' : 'missing'
    case 'prefix':
      return `${expression.address}/${expression.length}`
    case 'range':
      return `${describeExpression(expression.from)}-${describeExpression(expression.to)}`
    case 'list':
      return expression.items.map(describeExpression).join(',')
    case 'set':
      return `{ ${expression.elements.map(({ key }) => describeExpression(key)).join(', ')} }`
    case 'set-name':
      return `@${expression.name}`
    case 'word':
    case 'unsupported':
      return expression.text
    default:
      return expression satisfies never
  }
}
