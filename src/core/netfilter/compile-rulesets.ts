import type { Hook, IptablesChain, IptablesRule, IptablesTable, NftChain, NftTable, Rulesets } from '../host/ruleset.ts'
import type { IpSet } from '../host/ruleset.ts'
import { type ChainIndex, indexChain } from './chain-index.ts'
import { type CompiledRule, type CompiledTarget, compileRule } from './compile-rule.ts'

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

/** A chain that the kernel calls at a hook: one of iptables, or one of native nftables, which is not evaluated. */
export type BaseChain =
  | {
      readonly kind: 'iptables'
      readonly priority: number
      readonly chain: CompiledChain
      /** Said with every step of the chain: what about its place is not known. Null for nothing. */
      readonly note: string | null
    }
  | { readonly kind: 'native'; readonly priority: number; readonly table: NftTable; readonly chain: NftChain }

/** What the kernel does at a hook, in its order. All nat chains of a hook are one stage (nf_nat_inet_fn). */
export type Stage =
  | { readonly kind: 'chain'; readonly base: BaseChain }
  /** The same table of both backends: the order of the two is not known. */
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

/** Where a built-in chain of iptables sits (linux:include/uapi/linux/netfilter_ipv4.h). */
const TABLE_PRIORITY: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 }
const CONNTRACK_PRIORITY = -200
const NAT_PRIORITY: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
}

/**
 * Returns the rules of one namespace in the order in which the kernel consults them, for both IP versions. Base
 * chains of equal priority stand in a fixed order, native nftables first; where the real order is not known and may
 * matter, their steps say so.
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
  const natives = (rulesets.nft ?? []).filter((table) => table.family === family || table.family === 'inet')
  const compiled = tables.map((table) => ({ table, chains: compileTable(table) }))
  const conntrack = tables.some(needsConntrack) || natives.some(nativeNeedsConntrack)
  const stages = {} as Record<Hook, readonly Stage[]>
  for (const hook of HOOKS) stages[hook] = stagesOf(hook, compiled, natives, conntrack)
  return { stages, conntrack }
}

interface CompiledTable {
  readonly table: IptablesTable
  readonly chains: ReadonlyMap<string, CompiledChain>
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

/** A nat table, a condition on the connection, or a target that writes to it wakes conntrack for the family. */
function needsConntrack(table: IptablesTable): boolean {
  if (table.name === 'nat') return true
  return table.chains.some((chain) => chain.rules.some(ruleNeedsConntrack))
}

function ruleNeedsConntrack(rule: IptablesRule): boolean {
  const { target } = rule
  if (target?.kind === 'connmark' || target?.kind === 'notrack') return true
  if ((target?.kind === 'unsupported' || target?.kind === 'no-effect') && CONNTRACK_TARGETS.has(target.module))
    return true
  return rule.matches.some((match) => {
    if (match.kind === 'unsupported') return CONNTRACK_MODULES.has(match.module)
    return match.kind.startsWith('ct-') || match.kind === 'connmark'
  })
}

const CONNTRACK_TARGETS: ReadonlySet<string> = new Set(['CT', 'CONNSECMARK'])

const CONNTRACK_MODULES: ReadonlySet<string> = new Set([
  'conntrack',
  'state',
  'connbytes',
  'connlabel',
  'connlimit',
  'cluster',
  'helper',
])

function nativeNeedsConntrack(table: NftTable): boolean {
  return table.chains.some((chain) => {
    if (chain.base?.type === 'nat') return true
    return chain.rules.some((rule) => mentionsConntrack(rule.expressions))
  })
}

/** Looks for `ct`, NAT and flow statements anywhere in an expression tree of `nft -j`. */
function mentionsConntrack(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentionsConntrack)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, inner]) => CONNTRACK_EXPRESSIONS.has(key) || mentionsConntrack(inner))
}

const CONNTRACK_EXPRESSIONS: ReadonlySet<string> = new Set([
  'ct',
  'ct count',
  'ct helper',
  'ct timeout',
  'dnat',
  'snat',
  'masquerade',
  'redirect',
  'notrack',
  'flow',
])

function stagesOf(
  hook: Hook,
  tables: readonly CompiledTable[],
  natives: readonly NftTable[],
  conntrack: boolean,
): readonly Stage[] {
  const bases = [...nativeBases(hook, natives), ...iptablesBases(hook, tables)]
  const placed: { readonly priority: number; readonly stage: Stage }[] = bases
    .filter((base) => !isNat(base) && !hasRival(base))
    .map((base) => ({ priority: base.priority, stage: { kind: 'chain', base } }))
  const rivals = bases.filter((base) => !isNat(base) && hasRival(base))
  for (const priority of new Set(rivals.map((base) => base.priority))) {
    placed.push({ priority, stage: { kind: 'rivals', bases: rivals.filter((base) => base.priority === priority) } })
  }
  if (conntrack && (hook === 'prerouting' || hook === 'output')) {
    placed.push({ priority: CONNTRACK_PRIORITY, stage: { kind: 'track' } })
  }
  const nat = NAT_PRIORITY[hook]
  if (conntrack && nat !== undefined) {
    const natBases = bases.filter(isNat).sort((left, right) => left.priority - right.priority)
    placed.push({ priority: nat, stage: { kind: 'nat', bases: natBases } })
  }
  const stages = placed.sort((left, right) => left.priority - right.priority).map(({ stage }) => stage)
  if (conntrack && (hook === 'input' || hook === 'postrouting')) stages.push({ kind: 'confirm' })
  return stages
}

/** A chain of iptables has a note just where the other backend has rules at the same place. */
function hasRival(base: BaseChain): boolean {
  return base.kind === 'iptables' && base.note !== null
}

function isNat(base: BaseChain): boolean {
  return base.kind === 'native' ? base.chain.base?.type === 'nat' : base.chain.table === 'nat'
}

function nativeBases(hook: Hook, natives: readonly NftTable[]): BaseChain[] {
  const bases: BaseChain[] = []
  for (const table of natives) {
    for (const chain of table.chains) {
      if (chain.base?.hook === hook) bases.push({ kind: 'native', priority: chain.base.priority, table, chain })
    }
  }
  return bases
}

function iptablesBases(hook: Hook, tables: readonly CompiledTable[]): BaseChain[] {
  const bases: BaseChain[] = []
  for (const { table, chains } of tables) {
    const chain = chains.get(hook.toUpperCase())
    if (chain === undefined || chain.policy === null) continue
    const priority = table.name === 'nat' ? (NAT_PRIORITY[hook] ?? 0) : (TABLE_PRIORITY[table.name] ?? 0)
    bases.push({ kind: 'iptables', priority, chain, note: orderNote(table, chain, tables) })
  }
  return bases
}

/** Two backends at one place: which of them registered last, and so is asked first, cannot be read from the kernel. */
function orderNote(table: IptablesTable, chain: CompiledChain, tables: readonly CompiledTable[]): string | null {
  const other = tables.find((each) => each.table.name === table.name && each.table.backend !== table.backend)
  const rival = other?.chains.get(chain.name)
  if (rival === undefined || isIdle(rival) || isIdle(chain)) return null
  return `iptables-nft and iptables-legacy both have rules here; which of them the kernel asks first is not known (this is iptables-${table.backend})`
}

function isIdle(chain: CompiledChain): boolean {
  return chain.rules.length === 0 && chain.policy !== 'DROP'
}
