import type { HookRun, Outcome } from '../hook-run.ts'
import type { CompiledNftChain, CompiledNftRule } from './compile-nft.ts'
import { makesNoDifference } from './fork.ts'
import { leaveNftChain, type NftFrame, type NftWalk } from './nft-walk.ts'
import { recordNftPolicy } from './record-nft.ts'
import { endAtRule, recordUndecided, type RuleOutcome, takeRule } from './take-rule.ts'

/**
 * Walks a native base chain and returns its verdict, the policy's when no rule decides. Follows
 * linux:net/netfilter/nf_tables_core.c nft_do_chain. `note` is said with every step of the chain.
 */
export function walkNftBaseChain(run: HookRun, base: CompiledNftChain, note: string | null): Outcome {
  const baseEnd = { chain: base, first: 0, end: 0 }
  return continueWalk(run, { base, note, frames: [{ chain: base, next: 0, first: 0 }], forks: 0, baseEnd, entered: 0 })
}

/** Goes on with a walk to its end. */
function continueWalk(run: HookRun, walk: NftWalk): Outcome {
  for (let frame = walk.frames.at(-1); frame !== undefined; frame = walk.frames.at(-1)) {
    const rule = frame.chain.rules[frame.next]
    if (rule === undefined) {
      leaveNftChain(walk, frame, frame.chain.rules.length)
      continue
    }
    frame.next += 1
    const outcome = settle(run, walk, frame, rule, takeRule(run, walk, frame, rule))
    if (outcome !== 'continue') return outcome
  }
  return applyPolicy(run, walk)
}

function applyPolicy(run: HookRun, { base, baseEnd, note }: NftWalk): Outcome {
  recordNftPolicy(run, baseEnd, note)
  if (base.policy !== 'drop') return 'accept'
  run.reason = `the policy of chain ${base.name} in nftables table ${base.family} ${base.table} is to drop`
  return 'drop'
}

/**
 * A rule of which something cannot be told would now do something. Where the packet fares the same whether it fits or not,
 * the walk goes on with what is likely; else nothing after the rule is known.
 */
function settle(run: HookRun, walk: NftWalk, frame: NftFrame, rule: CompiledNftRule, taken: RuleOutcome): Outcome {
  if (typeof taken === 'string') return taken
  const { at, what, likely } = taken
  if (!makesNoDifference(run, walk, continueWalk, (copy, trial) => walkWith(copy, trial, rule, at))) {
    return endAtRule(run, frame, rule, `${what} cannot be evaluated`)
  }
  const note = `${what} is not evaluated; the packet fares the same either way`
  if (likely) return settle(run, walk, frame, rule, takeRule(run, walk, frame, rule, at + 1, note))
  recordUndecided(run, walk, frame, rule, what, note)
  return 'continue'
}

/** Goes on as if a statement of a rule held. */
function walkWith(run: HookRun, walk: NftWalk, rule: CompiledNftRule, at: number): Outcome {
  const frame = walk.frames.at(-1)
  if (frame === undefined) return 'cannot-tell'
  const outcome = settle(run, walk, frame, rule, takeRule(run, walk, frame, rule, at + 1, ''))
  return outcome === 'continue' ? continueWalk(run, walk) : outcome
}
