import type { BaseChain } from './compile-rulesets.ts'
import type { HookRun, Outcome } from './hook-run.ts'
import { recordNativePolicy, recordUnknown } from './record-step.ts'
import { walkBaseChain } from './walk-chain.ts'

/** Runs one base chain. A native nftables chain that could decide anything gives `cannot-tell`. */
export function runBaseChain(run: HookRun, base: BaseChain): Outcome {
  if (base.kind === 'iptables') return walkBaseChain(run, base.chain, base.note)
  const { table, chain } = base
  if (chain.rules.length === 0 && chain.base?.policy === 'accept') {
    recordNativePolicy(run, table, chain)
    return 'accept'
  }
  const what = `nftables table ${table.family} ${table.name}, chain ${chain.name}`
  recordUnknown(run, what, `The packet comes to ${what}, and native nftables rules are not evaluated.`)
  return 'cannot-tell'
}
