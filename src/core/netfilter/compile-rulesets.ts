import type { Hook, IptablesChain, IptablesRule, IptablesTable, NftTable, Rulesets } from '../host/ruleset.ts'
import type { IpSet } from '../host/ruleset.ts'
import { type ChainIndex, indexChain } from './chain-index.ts'
import { type CompiledRule, type CompiledTarget, compileRule } from './compile-rule.ts'
import { type CompiledNftChain, compileNftTable } from './nft/compile-nft.ts'
import { nftNeedsConntrack } from './nft/needs-conntrack.ts'
import { stagesOf } from './order-stages.ts'

/** A chain of an iptables table. Rules are filled in once every chain of the table exists, so that jumps can point. */
export interface CompiledChain {
  readonly family: 'ip' | 'ip6'
  readonly table: string
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | null
  readonly rules: readonly CompiledRule[]
  /** Null for a short chain. */
  readonly index: ChainIndex | null
}

/** A chain whose rules are still being filled in: jumps may point forward and in circles. */
type DraftChain = { -readonly [Key in keyof CompiledChain]: CompiledChain[Key] }

/** A chain that the kernel calls at a hook. */
export type BaseChain = {
  readonly priority: number
  /** Which of several at one priority was made last, and so is asked first: the largest. Null where that is not known. */
  readonly order: number | null
  /** Said with every step of the chain: what about its place is not known. Null for nothing. */
  readonly note: string | null
} & (
  | { readonly kind: 'iptables'; readonly chain: CompiledChain }
  | { readonly kind: 'native'; readonly chain: CompiledNftChain; readonly type: 'filter' | 'nat' | 'route' }
)

/** What the kernel does at a hook, in its order. All nat chains of a hook are one stage (nf_nat_inet_fn). */
export type Stage =
  | { readonly kind: 'chain'; readonly base: BaseChain }
  /** Chains that share a place, in an order that is not known, or only likely. */
  | { readonly kind: 'rivals'; readonly bases: readonly BaseChain[] }
  | { readonly kind: 'track' }
  | { readonly kind: 'nat'; readonly bases: readonly BaseChain[] }
  | { readonly kind: 'confirm' }

/** The rules of one IP version. */
export interface CompiledFamily {
  readonly stages: Readonly<Record<Hook, readonly Stage[]>>
  /** Whether a rule needs conntrack, which is asleep in a namespace without one (nf_ct_netns_get). */
  readonly conntrack: boolean
}

/** The rules of one namespace, prepared for evaluation. Immutable: cache it per namespace. */
export interface CompiledRulesets {
  readonly ip: CompiledFamily
  readonly ip6: CompiledFamily
  readonly ipsets: readonly IpSet[] | null
  /** Rulesets that could not be read (`iptables`, `nft`); with any, no hook can be judged. */
  readonly unreadable: readonly string[]
}

const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting']

/**
 * Returns the rules of one namespace in the order in which the kernel consults them, for both IP versions. Of base chains
 * with equal priority the one registered last comes first; where that is not known and matters, their steps say so.
 */
export function compileRulesets(rulesets: Rulesets): CompiledRulesets {
  const unreadable: string[] = []
  if (rulesets.iptables === null) unreadable.push('iptables')
  if (rulesets.nft === null) unreadable.push('nft')
  return {
    ip: compileFamily('ip', rulesets),
    ip6: compileFamily('ip6', rulesets),
    ipsets: rulesets.ipsets,
    unreadable,
  }
}

function compileFamily(family: 'ip' | 'ip6', rulesets: Rulesets): CompiledFamily {
  const tables = (rulesets.iptables ?? []).filter((table) => table.family === family)
  const natives = (rulesets.nft ?? [])
    .filter((table) => (table.family === family || table.family === 'inet') && !table.dormant)
    .map((table) => ({ table, chains: compileNftTable(table) }))
  const compiled = tables.map((table) => ({ table, chains: compileTable(table) }))
  const conntrack = tables.some(needsConntrack) || natives.some(({ table }) => nftNeedsConntrack(table))
  const stages = {} as Record<Hook, readonly Stage[]>
  for (const hook of HOOKS) stages[hook] = stagesOf(hook, compiled, natives, conntrack)
  return { stages, conntrack }
}

/** A table of iptables with its chains ready. */
export interface CompiledTable {
  readonly table: IptablesTable
  readonly chains: ReadonlyMap<string, CompiledChain>
}

/** A native table with its chains ready. */
export interface CompiledNftTable {
  readonly table: NftTable
  readonly chains: ReadonlyMap<string, CompiledNftChain>
}

function compileTable(table: IptablesTable): Map<string, CompiledChain> {
  const chains = new Map<string, DraftChain>()
  for (const { name, policy } of table.chains) {
    chains.set(name, { family: table.family, table: table.name, name, policy, rules: [], index: null })
  }
  for (const chain of table.chains) fillChain(chain, chains)
  return chains
}

function fillChain(chain: IptablesChain, chains: ReadonlyMap<string, DraftChain>): void {
  const into = chains.get(chain.name)
  if (into === undefined) return
  into.rules = chain.rules.map((rule) => compileRule(rule, compileTarget(rule, chains)))
  into.index = indexChain(into.rules)
}

function compileTarget(rule: IptablesRule, chains: ReadonlyMap<string, CompiledChain>): CompiledTarget {
  const { target } = rule
  if (target === null) return { kind: 'none' }
  if (target.kind !== 'jump' && target.kind !== 'goto') return { kind: 'statement', target }
  const chain = chains.get(target.chain)
  return chain === undefined ? { kind: 'missing', chain: target.chain } : { kind: target.kind, chain }
}

/**
 * A condition on the connection, a translation, or a target that writes to the connection wakes conntrack for the family. A nat
 * table without any translation does not, and is then never asked; nor does a rule that leaves packets untracked (xt_CT.c
 * xt_ct_tg_check).
 */
function needsConntrack(table: IptablesTable): boolean {
  return table.chains.some((chain) => chain.rules.some(ruleNeedsConntrack))
}

function ruleNeedsConntrack(rule: IptablesRule): boolean {
  const { target } = rule
  if (target !== null && TRACKING_TARGETS.has(target.kind)) return true
  if ((target?.kind === 'unsupported' || target?.kind === 'no-effect') && CONNTRACK_TARGETS.has(target.module))
    return true
  return rule.matches.some((match) => {
    if (match.kind === 'unsupported') return CONNTRACK_MODULES.has(match.module)
    return match.kind.startsWith('ct-') || match.kind === 'connmark' || match.kind === 'connlimit'
  })
}

const TRACKING_TARGETS: ReadonlySet<string> = new Set([
  'dnat',
  'snat',
  'masquerade',
  'redirect',
  'netmap',
  'connmark',
  'ct-zone',
])

const CONNTRACK_TARGETS: ReadonlySet<string> = new Set(['CT', 'CONNSECMARK'])

const CONNTRACK_MODULES: ReadonlySet<string> = new Set([
  'conntrack',
  'state',
  'connbytes',
  'connlabel',
  'cluster',
  'helper',
])
