import type { PolicyRule, Route } from '../host/route.ts'
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
}

/** Both families' rules in order of priority, and each table's routes, the longest prefix and lowest metric first. */
export interface RouteIndex {
  readonly rules: Readonly<Record<4 | 6, readonly CompiledPolicyRule[]>>
  /** `family table` to routes. */
  readonly tables: ReadonlyMap<string, readonly CompiledRoute[]>
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
  for (const list of tables.values()) list.sort(compareRoutes)
  return { rules: { 4: compileRules(4, rules), 6: compileRules(6, rules) }, tables }
}

function compareRoutes(left: CompiledRoute, right: CompiledRoute): number {
  return right.prefix.length - left.prefix.length || left.route.metric - right.route.metric
}

function compileRules(family: 4 | 6, rules: readonly PolicyRule[]): readonly CompiledPolicyRule[] {
  const own = rules.filter((rule) => rule.family === family)
  return (own.length === 0 ? defaultRules(family) : own)
    .map((rule) => ({ rule, from: compileSelector(rule.from), to: compileSelector(rule.to) }))
    .sort((left, right) => left.rule.priority - right.rule.priority)
}

function compileSelector(selector: string | null): CompiledPrefix | null {
  return selector === null || selector === 'all' ? null : compilePrefix(selector)
}

/** The rules that every namespace starts with (linux:net/ipv4/fib_rules.c fib_default_rules_init). */
function defaultRules(family: 4 | 6): readonly PolicyRule[] {
  const tables: readonly (readonly [number, string])[] =
    family === 4
      ? [
          [0, 'local'],
          [32766, 'main'],
          [32767, 'default'],
        ]
      : [
          [0, 'local'],
          [32766, 'main'],
        ]
  return tables.map(([priority, table]) => ({
    family,
    priority,
    not: false,
    from: null,
    to: null,
    inDevice: null,
    outDevice: null,
    mark: null,
    action: 'table',
    table,
    suppressPrefixLength: null,
    unsupported: [],
    text: `${priority}: from all lookup ${table}`,
  }))
}
