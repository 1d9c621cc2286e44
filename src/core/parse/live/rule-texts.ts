import type { TableFamily } from '../../host/ruleset.ts'
import { isRecord, numberOf, recordsOf, textOf } from '../json-value.ts'
import { nftRuleKey, nftRuleTexts } from '../nft-ruleset.ts'
import type { Parsed } from '../problem.ts'
import type { NftListing, RawNamespace, RawSave } from './raw-observation.ts'

/** Returns the words of the rule with that handle, or null where the listing does not have it. */
export type FindRuleText = (family: TableFamily, table: string, chain: string, handle: number) => string | null

/**
 * Finds each rule's words as predictions have them. Rules of iptables-nft are found by their place: the n-th rule of a chain
 * in nft's listing is the n-th of that chain in iptables-save, as long as both have as many. All others keep the text of
 * `nft -s -a list ruleset`. A rule that came while it was watched is in the listing of the end. A listing that is no JSON is a
 * problem, and its rules are then unknown.
 */
export function findRuleTexts({ nftListing, nftListingAfter, saves }: Listed): Parsed<FindRuleText> {
  const before = readTexts(nftListing, saves, 'before')
  const after = readTexts(nftListingAfter ?? null, saves, 'after')
  const find: FindRuleText = (family, table, chain, handle) => {
    const key = nftRuleKey(family, table, chain, handle)
    return before?.get(key) ?? after?.get(key) ?? null
  }
  const problems = before === null ? [{ message: 'the listing of nft is no JSON', path: 'nftListing' }] : []
  return { value: find, problems }
}

type Listed = Pick<RawNamespace, 'nftListing' | 'nftListingAfter' | 'saves'>

/** Null for a listing that is no JSON. */
function readTexts(
  listing: NftListing | null,
  saves: readonly RawSave[],
  when: 'before' | 'after',
): ReadonlyMap<string, string> | null {
  if (listing === null) return new Map()
  const chains = readHandles(listing.json)
  if (chains === null) return null
  const texts = new Map(nftRuleTexts(listing.text))
  for (const save of saves) {
    if (save.backend !== 'nft') continue
    for (const [place, lines] of readSavedChains(save[when])) {
      const handles = chains.get(`${save.family} ${place}`) ?? []
      if (handles.length !== lines.length) continue
      const [table, chain] = place.split(' ')
      handles.forEach((handle, index) => {
        texts.set(nftRuleKey(save.family, table, chain, handle), lines[index] ?? '')
      })
    }
  }
  return texts
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
