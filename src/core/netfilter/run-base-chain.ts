import type { BaseChain } from './compile-rulesets.ts'
import type { HookRun, Outcome } from './hook-run.ts'
import { walkNftBaseChain } from './nft/walk-nft-chain.ts'
import { walkBaseChain } from './walk-chain.ts'

/** Runs one base chain, of iptables or of native nftables. `note` is said with its steps where it has none of its own. */
export function runBaseChain(run: HookRun, base: BaseChain, note: string | null = null): Outcome {
  return base.kind === 'iptables'
    ? walkBaseChain(run, base.chain, base.note ?? note)
    : walkNftBaseChain(run, base.chain, base.note ?? note)
}
