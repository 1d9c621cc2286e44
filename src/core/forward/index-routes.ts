import { defaultPolicyRules } from '../host/default-policy-rules.ts'
import type { PolicyRule, Route } from '../host/route.ts'
import type { IpValue } from '../net/address.ts'
import { compilePrefix, type CompiledPrefix } from './compile-prefix.ts'

/** A route with its prefix in numbers. */
export interface CompiledRoute {
  readonly route: Route
  readonly prefix: CompiledPrefix
}

/** A policy rule with its selectors in numbers. */
export interface CompiledPolicyRule {
  readonly rule: PolicyRule
  readonly from: CompiledPrefix | null
  readonly to: CompiledPrefix | null
  /** The table that it looks in. */
  readonly table: RouteTable
}

/** One table's routes, the longest prefix and lowest metric first. A host has a dozen routes to itself for each bridge. */
export interface RouteTable {
  /** For each address that has routes of its own: those, and all others after them. */
  readonly hosts: ReadonlyMap<IpValue, readonly CompiledRoute[]>
  /** Routes to more than one address. */
  readonly others: readonly CompiledRoute[]
}

/** Both families' rules in order of priority, and their `local` tables. */
export interface RouteIndex {
  readonly rules: Readonly<Record<4 | 6, readonly CompiledPolicyRule[]>>
  readonly local: Readonly<Record<4 | 6, RouteTable>>
}

/** Returns the index of a namespace's routes. Without any policy rule of a family the kernel's three are taken. */
export function indexRoutes(routes: readonly Route[], rules: readonly PolicyRule[]): RouteIndex {
  const tables = new Map<string, CompiledRoute[]>()
  for (const route of routes) {
    const key = `${route.family} ${route.table}`
    const entry = { route, prefix: compilePrefix(route.destination) }
    const list = tables.get(key)
    if (list === undefined) tables.set(key, [entry])
    else list.push(entry)
  }
  const split = new Map([...tables].map(([key, list]) => [key, splitTable(list.sort(compareRoutes))]))
  const tableOf = (family: 4 | 6, name: string): RouteTable => split.get(`${family} ${name}`) ?? EMPTY
  return {
    rules: { 4: compileRules(4, rules, tableOf), 6: compileRules(6, rules, tableOf) },
    local: { 4: tableOf(4, 'local'), 6: tableOf(6, 'local') },
  }
}

const EMPTY: RouteTable = { hosts: new Map(), others: [] }

function splitTable(sorted: readonly CompiledRoute[]): RouteTable {
  const isHost = ({ prefix }: CompiledRoute): boolean => prefix.length === (prefix.prefix.family === 4 ? 32 : 128)
  const others = sorted.filter((entry) => !isHost(entry))
  const hosts = new Map<IpValue, CompiledRoute[]>()
  for (const entry of sorted.filter(isHost)) {
    const bits = entry.prefix.prefix.network
    const list = hosts.get(bits)
    if (list === undefined) hosts.set(bits, [entry])
    else list.push(entry)
  }
  for (const list of hosts.values()) list.push(...others)
  return { hosts, others }
}

/** Returns, in order, the routes of a table that an address may take: all that hold it are among them. */
export function routesFor(table: RouteTable, bits: IpValue): readonly CompiledRoute[] {
  return table.hosts.get(bits) ?? table.others
}

function compareRoutes(left: CompiledRoute, right: CompiledRoute): number {
  return right.prefix.length - left.prefix.length || left.route.metric - right.route.metric
}

function compileRules(
  family: 4 | 6,
  rules: readonly PolicyRule[],
  tableOf: (family: 4 | 6, name: string) => RouteTable,
): readonly CompiledPolicyRule[] {
  const own = rules.filter((rule) => rule.family === family)
  return (own.length === 0 ? defaultPolicyRules(family) : own)
    .map((rule) => ({
      rule,
      from: compileSelector(rule.from),
      to: compileSelector(rule.to),
      table: tableOf(family, rule.table ?? 'main'),
    }))
    .sort((left, right) => left.rule.priority - right.rule.priority)
}

function compileSelector(selector: string | null): CompiledPrefix | null {
  return selector === null || selector === 'all' ? null : compilePrefix(selector)
}
