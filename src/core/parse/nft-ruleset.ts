import type { NftChain, NftRule, NftSet, NftTable } from '../host/nft.ts'
import type { TableFamily } from '../host/ruleset.ts'
import { type JsonRecord, isRecord, numberOf, recordsOf, textOf, textsOf } from './json-value.ts'
import { OWN_TABLE_PREFIX } from './live/raw-observation.ts'
import { parseNftElements } from './nft-expression.ts'
import { parseNftStatement } from './nft-statement.ts'
import type { Parsed } from './problem.ts'

const iptablesTables: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security']
const builtInChains: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']
const families: readonly TableFamily[] = ['ip', 'ip6', 'inet', 'bridge', 'arp', 'netdev']

/**
 * Parses `nft -j -a list ruleset` into its native tables. Tables that iptables-nft owns are left out: their JSON has lost
 * the arguments of every xtables match and target, and iptables-save has them. So are those that Hopwire watches with. `listing` is `nft -a list ruleset`, the
 * same in words, from which each rule gets its text.
 */
export function parseNftRuleset(json: string, listing: string): Parsed<readonly NftTable[] | null> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    return { value: null, problems: [{ message: `not JSON: ${String(error)}` }] }
  }
  if (!isRecord(value) || !Array.isArray(value['nftables'])) {
    return { value: null, problems: [{ message: 'not an nft ruleset: no list `nftables`', path: 'nftables' }] }
  }
  const objects = recordsOf(value, 'nftables')
  const texts = nftRuleTexts(listing)
  const tables = objectsOf(objects, 'table').filter(
    (table) => !isOwnedByIptables(table, objects) && !isForWatching(table),
  )
  const unknown = tables.filter((table) => familyOf(table) === null)
  return {
    value: tables.flatMap((table) => toTable(table, objects, texts)),
    problems: unknown.map((table) => ({ message: `table of an unknown family: ${JSON.stringify(table)}` })),
  }
}

/**
 * Returns the handles of all tables of `nft -j` by `FAMILY NAME`, those of iptables-nft among them: they tell which table was
 * made later. Empty for what is no ruleset.
 */
export function nftTableHandles(json: string): ReadonlyMap<string, number> {
  try {
    const value: unknown = JSON.parse(json)
    const tables = isRecord(value) ? objectsOf(recordsOf(value, 'nftables'), 'table') : []
    return new Map(
      tables.map((table) => [`${String(table['family'])} ${String(table['name'])}`, numberOf(table, 'handle') ?? 0]),
    )
  } catch {
    return new Map()
  }
}

function objectsOf(objects: readonly JsonRecord[], kind: string): readonly JsonRecord[] {
  return objects.map((object) => object[kind]).filter(isRecord)
}

function familyOf(record: JsonRecord): TableFamily | null {
  return families.find((family) => family === record['family']) ?? null
}

function within(table: JsonRecord): (record: JsonRecord) => boolean {
  return (record) => record['family'] === table['family'] && record['table'] === table['name']
}

/** A live trace of another Hopwire is under way: its table lets every packet pass, and is gone in a moment. */
function isForWatching(table: JsonRecord): boolean {
  return String(table['name']).startsWith(OWN_TABLE_PREFIX)
}

/** A base chain of any other name makes the table a native one, which iptables-save then refuses to print. */
function isOwnedByIptables(table: JsonRecord, objects: readonly JsonRecord[]): boolean {
  if (table['family'] !== 'ip' && table['family'] !== 'ip6') return false
  if (!iptablesTables.includes(textOf(table, 'name') ?? '')) return false
  const base = objectsOf(objects, 'chain')
    .filter(within(table))
    .filter((chain) => 'hook' in chain)
  return base.every((chain) => builtInChains.includes(textOf(chain, 'name') ?? ''))
}

function toTable(
  table: JsonRecord,
  objects: readonly JsonRecord[],
  texts: ReadonlyMap<string, string>,
): readonly NftTable[] {
  const family = familyOf(table)
  const name = textOf(table, 'name')
  if (family === null || name === null) return []
  const chains = objectsOf(objects, 'chain').filter(within(table))
  const rules = objectsOf(objects, 'rule').filter(within(table))
  const sets = [...objectsOf(objects, 'set'), ...objectsOf(objects, 'map')].filter(within(table))
  return [
    {
      family,
      name,
      handle: numberOf(table, 'handle') ?? 0,
      dormant: [table['flags']].flat().includes('dormant'),
      chains: chains.map((chain) => toChain(chain, rules, texts)),
      sets: sets.map(toSet),
    },
  ]
}

/** Time takes elements out of a set, and packets put them in: what such a set holds is not known later. */
function toSet(set: JsonRecord): NftSet {
  const flags = typeof set['flags'] === 'string' ? [set['flags']] : textsOf(set, 'flags')
  const elements = set['elem']
  return {
    name: textOf(set, 'name') ?? '',
    dynamic: flags.includes('dynamic') || flags.includes('timeout'),
    elements: Array.isArray(elements) ? parseNftElements(elements) : [],
  }
}

function toChain(chain: JsonRecord, rules: readonly JsonRecord[], texts: ReadonlyMap<string, string>): NftChain {
  const name = textOf(chain, 'name') ?? ''
  return {
    name,
    handle: numberOf(chain, 'handle') ?? 0,
    base: baseOf(chain),
    rules: rules.filter((rule) => rule['chain'] === name).map((rule) => toRule(rule, texts)),
  }
}

function baseOf(chain: JsonRecord): NftChain['base'] {
  const hook = textOf(chain, 'hook')
  if (hook === null) return null
  const type = textOf(chain, 'type')
  return {
    type: type === 'nat' || type === 'route' ? type : 'filter',
    hook,
    priority: numberOf(chain, 'prio') ?? 0,
    policy: textOf(chain, 'policy') === 'drop' ? 'drop' : 'accept',
  }
}

function toRule(rule: JsonRecord, texts: ReadonlyMap<string, string>): NftRule {
  const handle = numberOf(rule, 'handle') ?? 0
  const expressions = rule['expr']
  return {
    text: texts.get(nftRuleKey(rule['family'], rule['table'], rule['chain'], handle)) ?? JSON.stringify(expressions),
    handle,
    comment: textOf(rule, 'comment'),
    statements: Array.isArray(expressions)
      ? expressions.map(parseNftStatement)
      : [{ kind: 'unsupported', text: 'a rule without expressions' }],
  }
}

/** Returns the key of a rule in `nftRuleTexts`. */
export function nftRuleKey(family: unknown, table: unknown, chain: unknown, handle: number): string {
  return `${String(family)} ${String(table)} ${String(chain)} ${handle}`
}

/**
 * Finds each rule's words: they end with `# handle N`, inside of `table FAMILY NAME {` and `chain NAME {`. A long set or
 * map of a rule goes over several lines, of which only the last has the handle.
 */
export function nftRuleTexts(listing: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  let table = ['', '']
  let chain: string | null = null
  let pending: string[] = []
  for (const line of listing.split('\n')) {
    const opensTable = /^table (\S+) (\S+) \{/.exec(line)
    const opensBlock = /^\t(\S+) (\S+) \{/.exec(line)
    if (opensTable !== null) table = [opensTable[1] ?? '', opensTable[2] ?? '']
    if (opensBlock !== null) chain = opensBlock[1] === 'chain' ? (opensBlock[2] ?? '') : null
    if (chain === null || !line.startsWith('\t\t') || /^\t\t(type \S+ hook|policy|comment) /.test(line)) {
      pending = []
      continue
    }
    pending.push(line.trim())
    const rule = /^(.*) # handle (\d+)$/.exec(pending.join(' '))
    if (rule === null) continue
    texts.set(nftRuleKey(table[0], table[1], chain, Number(rule[2])), rule[1] ?? '')
    pending = []
  }
  return texts
}
