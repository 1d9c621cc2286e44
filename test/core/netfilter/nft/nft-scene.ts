import type { NftTable } from '../../../../src/core/host/nft.ts'
import { parseNftRuleset } from '../../../../src/core/parse/nft-ruleset.ts'

/** A rule: its words, and its expressions as `nft -j` prints them. */
export type RuleText = readonly [text: string, ...expressions: unknown[]]

/** A base chain says where it stands, a regular one has rules only. */
export interface ChainText {
  readonly hook?: string
  readonly type?: string
  readonly prio?: number
  readonly policy?: 'accept' | 'drop'
  readonly rules: readonly RuleText[]
}

/** Returns one native table, read by the product's parser from what nft would print. */
export function nftTable(
  chains: Readonly<Record<string, ChainText>>,
  over: {
    readonly family?: string
    readonly name?: string
    readonly handle?: number
    readonly sets?: readonly object[]
  } = {},
): NftTable {
  const { family = 'inet', name = 't', handle = 1, sets = [] } = over
  const objects: object[] = [{ table: { family, name, handle } }]
  const lines = [`table ${family} ${name} { # handle ${handle}`]
  let next = 1
  for (const [chain, { rules, hook, type = 'filter', prio = 0, policy = 'accept' }] of Object.entries(chains)) {
    const base = hook === undefined ? {} : { type, hook, prio, policy }
    objects.push({ chain: { family, table: name, name: chain, handle: next++, ...base } })
    lines.push(`\tchain ${chain} { # handle ${next}`)
    for (const [text, ...expr] of rules) {
      lines.push(`\t\t${text} # handle ${next}`)
      objects.push({ rule: { family, table: name, chain, handle: next++, expr } })
    }
    lines.push('\t}')
  }
  for (const set of sets)
    objects.push({ ['map' in set ? 'map' : 'set']: { family, table: name, handle: next++, ...set } })
  const parsed = parseNftRuleset(JSON.stringify({ nftables: objects }), lines.join('\n'))
  const [table] = parsed.value ?? []
  if (table === undefined || parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems))
  return table
}

export const accept = { accept: null }
export const drop = { drop: null }
export const jump = (target: string): unknown => ({ jump: { target } })
export const is = (left: unknown, right: unknown, op = '=='): unknown => ({ match: { op, left, right } })
export const meta = (key: string): unknown => ({ meta: { key } })
export const ip = (field: string): unknown => ({ payload: { protocol: 'ip', field } })
export const ip6 = (field: string): unknown => ({ payload: { protocol: 'ip6', field } })
export const tcpPort: unknown = { payload: { protocol: 'tcp', field: 'dport' } }
export const limit = { limit: { rate: 5, burst: 5, per: 'second' } }
