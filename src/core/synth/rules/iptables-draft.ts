import type { IptablesTableName } from '../../host/ruleset.ts'

export type IptablesFamily = 'ip' | 'ip6'

/** Where a rule belongs. */
export interface ChainRef {
  readonly family: IptablesFamily
  readonly table: IptablesTableName
  readonly chain: string
}

interface DraftChain {
  policy: 'ACCEPT' | 'DROP' | null
  readonly rules: string[]
}

type DraftTable = Map<string, DraftChain>

const BUILT_IN: Readonly<Record<IptablesTableName, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

/** As iptables-save prints them. */
const TABLES: readonly IptablesTableName[] = ['raw', 'mangle', 'nat', 'filter', 'security']

/**
 * The rules of one namespace while they are made. A rule is what iptables-save prints behind `-A CHAIN `. As with dockerd's
 * own calls, a rule that is there is not added again, and one that is not is not removed.
 */
export class IptablesDraft {
  readonly #tables = new Map<string, DraftTable>()

  /** Makes a chain where it is not there yet. */
  addChain(at: ChainRef): void {
    this.#chain(at)
  }

  append(at: ChainRef, rule: string): void {
    const { rules } = this.#chain(at)
    if (!rules.includes(rule)) rules.push(rule)
  }

  insert(at: ChainRef, rule: string): void {
    const { rules } = this.#chain(at)
    if (!rules.includes(rule)) rules.unshift(rule)
  }

  remove(at: ChainRef, rule: string): void {
    const { rules } = this.#chain(at)
    const index = rules.indexOf(rule)
    if (index >= 0) rules.splice(index, 1)
  }

  /** Puts a rule at the head of its chain, wherever it was (moby: EnsureJumpRule). */
  ensureFirst(at: ChainRef, rule: string): void {
    this.remove(at, rule)
    this.insert(at, rule)
  }

  /** Adds a rule as a user does, twice if need be; `position` counts from 1, null is the end. */
  addAnyway(at: ChainRef, rule: string, position: number | null): void {
    const { rules } = this.#chain(at)
    rules.splice(position === null ? rules.length : position - 1, 0, rule)
  }

  setPolicy(at: ChainRef, policy: 'ACCEPT' | 'DROP'): void {
    this.#chain(at).policy = policy
  }

  /** Empties a chain, or all of a table for null. */
  flush(family: IptablesFamily, table: IptablesTableName, chain: string | null): void {
    for (const [name, { rules }] of this.#table(family, table)) if (chain === null || name === chain) rules.length = 0
  }

  /** Returns what `iptables-save` or `ip6tables-save` would print, without counters. Empty where there is no table. */
  save(family: IptablesFamily): string {
    return TABLES.flatMap((name) => {
      const table = this.#tables.get(`${family} ${name}`)
      return table === undefined ? [] : [...printTable(name, table)]
    }).join('')
  }

  #table(family: IptablesFamily, name: IptablesTableName): DraftTable {
    const key = `${family} ${name}`
    const known = this.#tables.get(key)
    if (known !== undefined) return known
    const fresh: DraftTable = new Map(BUILT_IN[name].map((chain) => [chain, { policy: 'ACCEPT', rules: [] }]))
    this.#tables.set(key, fresh)
    return fresh
  }

  #chain({ family, table, chain }: ChainRef): DraftChain {
    const chains = this.#table(family, table)
    const known = chains.get(chain)
    if (known !== undefined) return known
    const fresh: DraftChain = { policy: null, rules: [] }
    chains.set(chain, fresh)
    return fresh
  }
}

/** Built-in chains in their order, then the others by name, as iptables-nft 1.8.8 and later print them. */
function* printTable(name: IptablesTableName, table: DraftTable): Generator<string> {
  const builtIn = BUILT_IN[name]
  const own = [...table.keys()].filter((chain) => !builtIn.includes(chain)).sort()
  const chains = [...builtIn, ...own]
  yield `*${name}\n`
  for (const chain of chains) yield `:${chain} ${table.get(chain)?.policy ?? '-'} [0:0]\n`
  for (const chain of chains) for (const rule of table.get(chain)?.rules ?? []) yield `-A ${chain} ${rule}\n`
  yield 'COMMIT\n'
}
