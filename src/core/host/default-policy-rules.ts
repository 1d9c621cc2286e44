import type { PolicyRule } from './route.ts'

const LOCAL_AND_MAIN = [
  [0, 'local'],
  [32766, 'main'],
] as const

/** Returns the policy rules of a family that every namespace starts with (linux:net/ipv4/fib_rules.c fib_default_rules_init). */
export function defaultPolicyRules(family: 4 | 6): readonly PolicyRule[] {
  const tables = family === 4 ? ([...LOCAL_AND_MAIN, [32767, 'default']] as const) : LOCAL_AND_MAIN
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
