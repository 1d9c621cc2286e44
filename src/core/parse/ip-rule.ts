import { partShapes } from '../host/namespace-shapes.ts'
import type { PolicyRule } from '../host/route.ts'
import { type JsonRecord, mapJsonList, numberOf, textOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

/** Fields that are read below, and those that select nothing. All others are selectors that the model does not have. */
const understood = new Set([
  'priority',
  'not',
  'src',
  'srclen',
  'dst',
  'dstlen',
  'iif',
  'iif_detached',
  'oif',
  'oif_detached',
  'fwmark',
  'fwmask',
  'table',
  'action',
  'protocol',
  'suppress_prefixlen',
  'goto',
  'nop',
  'blackhole',
  'unreachable',
  'prohibit',
])

/** Parses `ip -j -d rule show` of one family. Selectors that the model does not have are listed, not lost. */
export function parseIpRule(text: string, family: 4 | 6): Parsed<readonly PolicyRule[] | null> {
  return mapJsonList(text, 'policy rule', (record) => toRule(record, family), partShapes.policyRule)
}

function toRule(record: JsonRecord, family: 4 | 6): PolicyRule | null {
  const priority = numberOf(record, 'priority')
  if (priority === null) return null
  const table = textOf(record, 'table')
  const unsupported = Object.keys(record).filter((key) => !understood.has(key))
  return {
    family,
    priority,
    not: 'not' in record,
    from: selectorOf(record, 'src', family),
    to: selectorOf(record, 'dst', family),
    inDevice: textOf(record, 'iif'),
    outDevice: textOf(record, 'oif'),
    mark: markOf(record),
    action: actionOf(record, table),
    table,
    suppressPrefixLength: numberOf(record, 'suppress_prefixlen'),
    unsupported: unsupported.map((key) => `${key} ${JSON.stringify(record[key])}`),
    text: textOfRule(record, unsupported),
  }
}

function selectorOf(record: JsonRecord, key: 'src' | 'dst', family: 4 | 6): string | null {
  const address = textOf(record, key)
  if (address === null || address === 'all') return null
  return `${address}/${numberOf(record, `${key}len`) ?? (family === 4 ? 32 : 128)}`
}

function markOf(record: JsonRecord): PolicyRule['mark'] {
  const value = record['fwmark']
  if (value === undefined) return null
  const mask = record['fwmask']
  return { value: Number(value), mask: mask === undefined ? 0xffffffff : Number(mask) }
}

function actionOf(record: JsonRecord, table: string | null): PolicyRule['action'] {
  const named = textOf(record, 'action')
  const words = ['blackhole', 'unreachable', 'prohibit', 'nop', 'goto'] as const
  const word = words.find((candidate) => named === candidate || candidate in record)
  if (word !== undefined) return word
  return table !== null && (named === null || named === 'to_tbl' || named === 'lookup') ? 'table' : 'unknown'
}

function textOfRule(record: JsonRecord, unsupported: readonly string[]): string {
  const part = (word: string, key: string): string[] => (key in record ? [`${word} ${String(record[key])}`] : [])
  const length = (key: string): string => (`${key}len` in record ? `/${String(record[`${key}len`])}` : '')
  const words = [
    `${String(record['priority'])}:`,
    ...('not' in record ? ['not'] : []),
    `from ${textOf(record, 'src') ?? 'all'}${length('src')}`,
    ...('dst' in record ? [`to ${String(record['dst'])}${length('dst')}`] : []),
    ...part('fwmark', 'fwmark').map((mark) => ('fwmask' in record ? `${mark}/${String(record['fwmask'])}` : mark)),
    ...part('iif', 'iif'),
    ...part('oif', 'oif'),
    ...unsupported.map((key) => `${key} ${String(record[key])}`),
    ...part('lookup', 'table'),
    ...part('goto', 'goto'),
    ...part('suppress_prefixlength', 'suppress_prefixlen'),
  ]
  const action = textOf(record, 'action')
  return [...words, ...(action === null ? [] : [action])].join(' ')
}
