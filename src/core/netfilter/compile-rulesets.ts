import type { Rulesets } from '../host/ruleset.ts'

/** The rules of one namespace, prepared for evaluation. Immutable: cache it per namespace. */
export interface CompiledRulesets {
  readonly source: Rulesets
}

/** Returns the rules of one namespace in the order in which the kernel consults them, for both IP versions. */
export function compileRulesets(rulesets: Rulesets): CompiledRulesets {
  return { source: rulesets }
}
