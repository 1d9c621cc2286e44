import type { NftExpression, NftOperator, NftStatement } from '../../host/nft.ts'
import type { HookRun } from '../hook-run.ts'
import { constantTest, constantValue } from './constant.ts'
import { CT_STATUS, NUMBER } from './datatype.ts'
import { compileKey, describeExpression } from './expression/compile-expression.ts'
import { hasStatusBit } from './expression/ct-status.ts'
import { NO_DEVICE } from './expression/fib.ts'
import type { Selector } from './expression/selector.ts'
import { lookUp, type SetScope } from './set.ts'
import { combine, isUnknown, MISSING, type NftValue, type ReadResult, type Unknown, unknown } from './value.ts'

type MatchStatement = Extract<NftStatement, { readonly kind: 'match' }>

/** Whether a condition holds. */
export type NftMatcher = (run: HookRun) => boolean | Unknown

/**
 * Returns a condition ready to be asked. Whatever the packet does not have fails, negated or not. `!=` compares the whole
 * value, also where it is bits (`ct state != established,related` always holds), as the kernel's `cmp neq` does.
 */
export function compileMatch(match: MatchStatement, scope: SetScope): NftMatcher {
  const { operator, left, right } = match
  const key = compileKey(left, NUMBER, scope)
  if (right.kind === 'set' || right.kind === 'set-name') return compileMembership(key, operator, right, scope)
  const [selector, ...more] = key
  if (selector === undefined) return () => unknown('a comparison of nothing')
  if (more.length > 0)
    return compileMembership(key, operator, { kind: 'set', elements: [{ key: right, data: null }] }, scope)
  if (left.kind === 'ct' && left.key === 'status') return compileStatus(operator, right)
  const test = compileComparison(operator, left, right, selector)
  if (test === null) {
    const what = unknown(`"${describeExpression(left)} ${operator} ${describeExpression(right)}"`)
    return (run) => (selector.read(run) === MISSING ? false : what)
  }
  return (run) => judge(selector.read(run), test)
}

function judge(value: ReadResult, test: (value: NftValue) => boolean): boolean | Unknown {
  if (value === MISSING) return false
  return isUnknown(value) ? value : test(value)
}

function compileMembership(
  key: readonly Selector[],
  operator: NftOperator,
  set: NftExpression,
  scope: SetScope,
): NftMatcher {
  if (operator !== '==' && operator !== '!=' && operator !== 'in') return () => unknown(`"${operator}" with a set`)
  const find = lookUp(key, set, scope)
  return (run) => {
    const element = find(run)
    if (element === MISSING) return false
    return isUnknown(element) ? element : (element !== null) === (operator !== '!=')
  }
}

/** Null where the constant cannot be read. */
function compileComparison(
  operator: NftOperator,
  left: NftExpression,
  right: NftExpression,
  { type }: Selector,
): ((value: NftValue) => boolean) | null {
  // `fib ... oif 0` is a way to write that there is no route.
  const isNoRoute = left.kind === 'fib' && right.kind === 'word' && right.text === '0'
  const equal = isNoRoute ? (value: NftValue) => value === NO_DEVICE : constantTest(right, type)
  const wanted = constantValue(right, type)
  switch (operator) {
    case '==':
      return equal
    case '!=':
      return equal === null ? null : (value) => !equal(value)
    case 'in':
      return wanted === null ? null : (value) => hasCommonBit(value, wanted)
    case '!':
      return wanted === null ? null : (value) => !hasCommonBit(value, wanted)
    default:
      return wanted === null || typeof wanted === 'string' ? null : (value) => isOrdered(operator, value, wanted)
  }
}

function hasCommonBit(value: NftValue, wanted: NftValue): boolean {
  const common = combine('&', value, wanted)
  return common !== 0 && common !== 0n && common !== null
}

function isOrdered(operator: '<' | '>' | '<=' | '>=', value: NftValue, limit: number | bigint): boolean {
  if (typeof value === 'string') return false
  switch (operator) {
    case '<':
      return value < limit
    case '>':
      return value > limit
    case '<=':
      return value <= limit
    case '>=':
      return value >= limit
    default:
      return operator satisfies never
  }
}

/** Of `ct status` single bits are known, and not the whole. */
function compileStatus(operator: NftOperator, right: NftExpression): NftMatcher {
  const wanted = constantValue(right, CT_STATUS)
  const what = unknown(`"ct status ${operator} ${describeExpression(right)}"`)
  return (run) => {
    const has = typeof wanted === 'number' ? hasStatusBit(run, wanted) : what
    if (has === MISSING) return false
    if (typeof has !== 'boolean' || (operator !== 'in' && operator !== '!')) return isUnknown(has) ? has : what
    return has === (operator === 'in')
  }
}
