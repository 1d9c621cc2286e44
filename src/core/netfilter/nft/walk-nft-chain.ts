import type { HookRun, Outcome } from '../hook-run.ts'
import type { CompiledNftChain } from './compile-nft.ts'
import { type NftSpan, recordNftPolicy } from './record-nft.ts'
import { takeRule } from './take-rule.ts'

/** The kernel allows 16 (NFT_JUMP_STACK_SIZE); a snapshot could hold a loop that it would not load. */
const MOST_JUMPS = 16
const MOST_CHAINS = 2000

/** A chain that is being walked: the rule to look at next, and the first that no step has told of. */
export interface NftFrame {
  readonly chain: CompiledNftChain
  next: number
  first: number
}

/** The walk of one base chain: the chains that jumps have led through, the last one on top. */
export interface NftWalk {
  readonly base: CompiledNftChain
  readonly note: string | null
  readonly frames: NftFrame[]
  /** How many questions that cannot be told are open above this walk. */
  readonly forks: number
  baseEnd: NftSpan
  entered: number
}

/**
 * Walks a native base chain and returns its verdict, the policy's when no rule decides. Follows
 * linux:net/netfilter/nf_tables_core.c nft_do_chain. `note` is said with every step of the chain.
 */
export function walkNftBaseChain(run: HookRun, base: CompiledNftChain, note: string | null): Outcome {
  const baseEnd = { chain: base, first: 0, end: 0 }
  return continueWalk(run, { base, note, frames: [{ chain: base, next: 0, first: 0 }], forks: 0, baseEnd, entered: 0 })
}

/** Goes on with a walk to its end. */
export function continueWalk(run: HookRun, walk: NftWalk): Outcome {
  for (let frame = walk.frames.at(-1); frame !== undefined; frame = walk.frames.at(-1)) {
    const rule = frame.chain.rules[frame.next]
    if (rule === undefined) {
      leaveNftChain(walk, frame, frame.chain.rules.length)
      continue
    }
    frame.next += 1
    const outcome = takeRule(run, walk, frame, rule)
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

/** Puts a chain on top; false where jumps go deeper than the kernel allows, or in a circle. */
export function enterNftChain(walk: NftWalk, chain: CompiledNftChain): boolean {
  walk.entered += 1
  if (walk.frames.length > MOST_JUMPS || walk.entered > MOST_CHAINS) return false
  walk.frames.push({ chain, next: 0, first: 0 })
  return true
}

/** Takes the top chain away. `end` is the rule up to which it was walked. */
export function leaveNftChain(walk: NftWalk, frame: NftFrame, end: number): void {
  walk.frames.pop()
  if (frame.chain === walk.base) walk.baseEnd = { chain: frame.chain, first: frame.first, end }
}
