import type { NftElement, NftExpression, NftSet } from '../../host/nft.ts'
import type { HookRun } from '../hook-run.ts'
import { type ConstantTest, constantTest, constantValue } from './constant.ts'
import { DEVICE, type Datatype } from './datatype.ts'
import type { Selector } from './expression/selector.ts'
import { isUnknown, MISSING, type NftValue, type Unknown, unknown } from './value.ts'

/** The named sets and maps of one table. */
export interface SetScope {
  readonly sets: ReadonlyMap<string, NftSet>
}

/** Finds the element that holds the packet's key; null when there is none. */
export type Lookup = (run: HookRun) => NftElement | null | typeof MISSING | Unknown

/**
 * Returns the look-up of a key in a set or map, one of its own or a named one. A set whose content changes by itself, one
 * that is not there and an element that cannot be read give unknown.
 */
export function lookUp(key: readonly Selector[], set: NftExpression, scope: SetScope): Lookup {
  const elements = elementsOf(set, scope)
  if (isUnknown(elements)) return () => elements
  const find = compileElements(
    elements,
    key.map(({ type }) => type),
  )
  return (run) => {
    const values = readKey(key, run)
    return values === MISSING || isUnknown(values) ? values : find(values)
  }
}

function elementsOf(set: NftExpression, scope: SetScope): readonly NftElement[] | Unknown {
  if (set.kind === 'set') return set.elements
  if (set.kind !== 'set-name') return unknown('a look-up in what is no set')
  const found = scope.sets.get(set.name)
  if (found === undefined) return unknown(`the set ${set.name}, which was not read,`)
  return found.dynamic ? unknown(`what the set ${set.name} holds by now`) : found.elements
}

function readKey(key: readonly Selector[], run: HookRun): readonly NftValue[] | typeof MISSING | Unknown {
  const values: NftValue[] = []
  let trouble: Unknown | null = null
  for (const { read } of key) {
    const value = read(run)
    if (value === MISSING) return MISSING
    if (isUnknown(value)) trouble = value
    else values.push(value)
  }
  return trouble ?? values
}

type Find = (values: readonly NftValue[]) => NftElement | null | Unknown

/** Single values are found by a hash, everything else one after another; no two of a set hold the same key. */
function compileElements(elements: readonly NftElement[], types: readonly Datatype[]): Find {
  const exact = new Map<NftValue, NftElement>()
  const others: { readonly element: NftElement; readonly tests: readonly ConstantTest[] }[] = []
  let rest: NftElement | null = null
  let trouble: Unknown | null = null
  for (const element of elements) {
    if (element.key.kind === 'word' && element.key.text === '*') {
      rest = element
      continue
    }
    const single = singleValue(element.key, types)
    const tests = single === null ? testsOf(element.key, types) : null
    if (single !== null) exact.set(single, element)
    else if (tests === null) trouble = unknown('an element of a set')
    else others.push({ element, tests })
  }
  return (values) => {
    const hit = values.length === 1 ? exact.get(values[0] as NftValue) : undefined
    if (hit !== undefined) return hit
    const found = others.find(({ tests }) => tests.every((test, index) => test(values[index] as NftValue)))
    return found?.element ?? trouble ?? rest
  }
}

function singleValue(key: NftExpression, types: readonly Datatype[]): NftValue | null {
  const [type, ...more] = types
  if (type === undefined || more.length > 0) return null
  if (type === DEVICE && key.kind === 'word' && key.text.endsWith('*')) return null
  return constantValue(key, type)
}

function testsOf(key: NftExpression, types: readonly Datatype[]): readonly ConstantTest[] | null {
  const parts = key.kind === 'concat' ? key.parts : [key]
  if (parts.length !== types.length) return null
  const tests: ConstantTest[] = []
  for (const [index, part] of parts.entries()) {
    const test = constantTest(part, types[index] as Datatype)
    if (test === null) return null
    tests.push(test)
  }
  return tests
}
