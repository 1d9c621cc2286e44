import type { NftChain, NftRule, NftTable } from '../../host/nft.ts'
import type { TableFamily } from '../../host/ruleset.ts'
import { compileStatement } from './statement/compile-statement.ts'
import type { CompiledStatement } from './statement/taken.ts'
import type { SetScope } from './set.ts'

/** A native rule, ready to be taken. */
export interface CompiledNftRule {
  readonly rule: NftRule
  /** `As the packet fits "ip daddr 10.0.0.1"`: how a sentence about it begins. */
  readonly because: string
  readonly statements: readonly CompiledStatement[]
}

/** A native chain. `policy` is null for a regular one. */
export interface CompiledNftChain {
  readonly family: TableFamily
  readonly table: string
  readonly name: string
  readonly policy: 'accept' | 'drop' | null
  readonly rules: readonly CompiledNftRule[]
  /** The chains of its table, which jumps name. */
  readonly siblings: ReadonlyMap<string, CompiledNftChain>
}

/** Returns the chains of a table by name. */
export function compileNftTable(table: NftTable): ReadonlyMap<string, CompiledNftChain> {
  const scope: SetScope = { sets: new Map(table.sets.map((set) => [set.name, set])) }
  const siblings = new Map<string, CompiledNftChain>()
  for (const chain of table.chains) siblings.set(chain.name, compileChain(table, chain, scope, siblings))
  return siblings
}

function compileChain(
  table: NftTable,
  chain: NftChain,
  scope: SetScope,
  siblings: ReadonlyMap<string, CompiledNftChain>,
): CompiledNftChain {
  return {
    family: table.family,
    table: table.name,
    name: chain.name,
    policy: chain.base?.policy ?? null,
    rules: chain.rules.map((rule) => compileRule(rule, scope)),
    siblings,
  }
}

function compileRule(rule: NftRule, scope: SetScope): CompiledNftRule {
  const because = becauseOf(rule)
  return {
    rule,
    because,
    statements: rule.statements.map((statement) => compileStatement(statement, scope, because)),
  }
}

/** The words of nft at which the conditions of a rule end and what it does begins; `ct status dnat` is a condition. */
const ACTION =
  /(?:^|\s)(?:(?:counter|accept|drop|continue|return|jump|goto|queue|reject|masquerade|redirect|log|notrack|comment)(?:\s|$)|[ds]nat (?:to|ip|ip6|prefix) )/

function becauseOf({ text }: NftRule): string {
  const at = text.search(ACTION)
  const conditions = (at < 0 ? text : text.slice(0, at)).trim()
  return conditions === '' ? 'As it takes every packet' : `As the packet fits "${conditions}"`
}

const ACTION_WORDS =
  /(?:^|\s)((?:[ds]nat (?:to|ip|ip6|prefix) .*|(?:reject|masquerade|redirect|notrack)(?:\s.*)?|queue .*|(?:meta|ct|ip|ip6) \S+ set .*))$/

/** Returns the words of a rule that say what it does: `dnat to 172.17.0.2:80`. Counters and comments are left out. */
export function actionWords({ text }: NftRule): string {
  const found = ACTION_WORDS.exec(text)
  return (found?.[1] ?? '').replace(/\s*comment ".*"$/, '')
}
