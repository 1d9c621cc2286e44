import type { CompiledNftChain } from './compile-nft.ts'
import type { NftSpan } from './record-nft.ts'

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
