import type { TableFamily } from '../../host/ruleset.ts'
import { isRecord, numberOf, recordsOf, textOf } from '../json-value.ts'
import { nftRuleKey, nftRuleTexts } from '../nft-ruleset.ts'
import type { Parsed } from '../problem.ts'
import type { RawNamespace } from './raw-observation.ts'

/** Returns the words of the rule with that handle, or null where the listing does not have it. */
export type FindRuleText = (family: TableFamily, table: string, chain: string, handle: number) => string | null

/**
 * Finds each rule's words as predictions have them. Rules of iptables-nft are found by their place: the n-th rule of a chain
 * in nft's listing is the n-th of that chain in iptables-save, as long as both have as many. All others keep the text of
 * `nft -s -a list ruleset`. A listing that is no JSON is a problem, and all rules are then unknown.
 */
export function findRuleTexts({ nftListing, saves }: Pick<RawNamespace, 'nftListing' | 'saves'>): Parsed<FindRuleText> {
  if (nftListing === null) return { value: () => null, problems: [] }
  const chains = readHandles(nftListing.json)
  if (chains === null)
    return { value: () => null, problems: [{ message: 'the listing of nft is no JSON', path: 'nftListing' }] }
  const texts = new Map(nftRuleTexts(nftListing.text))
  for (const save of saves) {
    if (save.backend !== 'nft') continue
    for (const [place, lines] of readSavedChains(save.before)) {
      const handles = chains.get(`${save.family} ${place}`) ?? []
      if (handles.length !== lines.length) continue
      const [table, chain] = place.split(' ')
      handles.forEach((handle, index) => {
        texts.set(nftRuleKey(save.family, table, chain, handle), lines[index] ?? '')
      })
    }
  }
  const find: FindRuleText = (family, table, chain, handle) =>
    texts.get(nftRuleKey(family, table, chain, handle)) ?? null
  return { value: find, problems: [] }
}

/** The handles of each chain's rules in their order, by `FAMILY TABLE CHAIN`. */
function readHandles(json: string): ReadonlyMap<string, readonly number[]> | null {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  if (!isRecord(value)) return null
  const chains = new Map<string, number[]>()
  for (const { rule } of recordsOf(value, 'nftables')) {
    if (!isRecord(rule)) continue
    const key = ['family', 'table', 'chain'].map((name) => textOf(rule, name) ?? '').join(' ')
    const handles = chains.get(key) ?? []
    handles.push(numberOf(rule, 'handle') ?? 0)
    chains.set(key, handles)
  }
  return chains
}

/** The rules of each chain of iptables-save without their counters, by `TABLE CHAIN`. */
function readSavedChains(save: string): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, string[]>()
  let table = ''
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim()
    const match = /^(?:\[\d+:\d+\] )?(-A (\S+).*)$/.exec(line)
    if (match === null) continue
    const key = `${table} ${match[2] ?? ''}`
    const lines = chains.get(key) ?? []
    lines.push(match[1] ?? '')
    chains.set(key, lines)
  }
  return chains
}

/** Returns a rule as nft traced it without what its counters stood at, as `nft -s` prints it. */
export function withoutCounters(rule: string): string {
  return rule.replace(/\bcounter packets \d+ bytes \d+/g, 'counter')
}
