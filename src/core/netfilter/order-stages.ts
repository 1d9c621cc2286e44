import type { Hook, IptablesTable } from '../host/ruleset.ts'
import type { BaseChain, CompiledChain, CompiledNftTable, CompiledTable, Stage } from './compile-rulesets.ts'

/** Where a built-in chain of iptables sits (linux:include/uapi/linux/netfilter_ipv4.h). */
const TABLE_PRIORITY: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 }
const CONNTRACK_PRIORITY = -200
const NAT_PRIORITY: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
}

/** Returns what the kernel does at one hook, in its order. */
export function stagesOf(
  hook: Hook,
  tables: readonly CompiledTable[],
  natives: readonly CompiledNftTable[],
  conntrack: boolean,
): readonly Stage[] {
  const bases = [...nativeBases(hook, natives), ...iptablesBases(hook, tables)]
  const placed: { readonly priority: number; readonly stage: Stage }[] = []
  const judging = bases.filter((base) => !isNat(base))
  for (const priority of new Set(judging.map((base) => base.priority))) {
    const here = lastFirst(judging.filter((base) => base.priority === priority))
    for (const stage of stagesAt(here)) placed.push({ priority, stage })
  }
  if (conntrack && (hook === 'prerouting' || hook === 'output')) {
    placed.push({ priority: CONNTRACK_PRIORITY, stage: { kind: 'track' } })
  }
  const nat = NAT_PRIORITY[hook]
  if (conntrack && nat !== undefined) {
    // The chains of all nat tables are asked from one place, in the order of their own priorities.
    const natBases = lastFirst(bases.filter(isNat)).sort((left, right) => left.priority - right.priority)
    placed.push({ priority: nat, stage: { kind: 'nat', bases: natBases } })
  }
  const stages = placed.sort((left, right) => left.priority - right.priority).map(({ stage }) => stage)
  if (conntrack && (hook === 'input' || hook === 'postrouting')) stages.push({ kind: 'confirm' })
  return stages
}

/** Chains of one priority. Those that can do nothing to a packet have no rivals. */
function stagesAt(bases: readonly BaseChain[]): readonly Stage[] {
  const busy = bases.filter((base) => !isIdle(base))
  if (busy.length < 2) return bases.map((base) => ({ kind: 'chain', base }))
  const idle = bases.filter(isIdle)
  return [{ kind: 'rivals', bases: busy }, ...idle.map((base): Stage => ({ kind: 'chain', base }))]
}

/**
 * The kernel asks the chain that was registered last first (linux:net/netfilter/core.c nf_hook_entries_grow). Handles of
 * tables grow with time, so they tell it for chains that were made with their tables.
 */
function lastFirst(bases: readonly BaseChain[]): BaseChain[] {
  return [...bases].sort((left, right) => (right.order ?? -1) - (left.order ?? -1))
}

function isIdle(base: BaseChain): boolean {
  return base.chain.rules.length === 0 && base.chain.policy?.toLowerCase() !== 'drop'
}

function isNat(base: BaseChain): boolean {
  return base.kind === 'native' ? base.type === 'nat' : base.chain.table === 'nat'
}

function nativeBases(hook: Hook, natives: readonly CompiledNftTable[]): BaseChain[] {
  return natives.flatMap(({ table, chains }) => {
    const bases: BaseChain[] = []
    // Chains of one table are numbered on their own: the later one has the larger handle.
    for (const { name, base } of [...table.chains].sort((left, right) => right.handle - left.handle)) {
      const chain = chains.get(name)
      if (base?.hook !== hook || chain === undefined) continue
      const { priority, type } = base
      bases.push({ kind: 'native', priority, order: table.handle, note: null, chain, type })
    }
    return bases
  })
}

function iptablesBases(hook: Hook, tables: readonly CompiledTable[]): BaseChain[] {
  const bases: BaseChain[] = []
  for (const { table, chains } of tables) {
    const chain = chains.get(hook.toUpperCase())
    if (chain === undefined || chain.policy === null) continue
    const priority = table.name === 'nat' ? (NAT_PRIORITY[hook] ?? 0) : (TABLE_PRIORITY[table.name] ?? 0)
    const note = orderNote(table, chain, tables)
    bases.push({ kind: 'iptables', priority, order: table.handle ?? null, note, chain })
  }
  return bases
}

/** Two backends at one place: which of them registered last, and so is asked first, cannot be read from the kernel. */
function orderNote(table: IptablesTable, chain: CompiledChain, tables: readonly CompiledTable[]): string | null {
  const other = tables.find((each) => each.table.name === table.name && each.table.backend !== table.backend)
  const rival = other?.chains.get(chain.name)
  if (rival === undefined || isIdleChain(rival) || isIdleChain(chain)) return null
  return `iptables-nft and iptables-legacy both have rules here; which of them the kernel asks first is not known (this is iptables-${table.backend})`
}

function isIdleChain(chain: CompiledChain): boolean {
  return chain.rules.length === 0 && chain.policy !== 'DROP'
}
