import { copyRun, type HookRun, type Outcome } from '../hook-run.ts'
import type { NftWalk } from './nft-walk.ts'

/** Questions that may be open at once: each doubles the work. */
const MOST_FORKS = 3

/** Goes on with a walk to its end. */
type Way = (run: HookRun, walk: NftWalk) => Outcome

/**
 * Tells whether a packet fares the same both ways: each is tried on copies to the end of the base chain, so that nothing of
 * the trial remains. False also where that cannot be told.
 */
export function makesNoDifference(run: HookRun, walk: NftWalk, one: Way, other: Way): boolean {
  if (walk.forks >= MOST_FORKS) return false
  const first = tryWay(run, walk, one)
  return first !== null && first === tryWay(run, walk, other)
}

/** Returns everything that could differ, as text; null where it cannot be told. */
function tryWay(run: HookRun, walk: NftWalk, go: Way): string | null {
  const copy = copyRun(run)
  const trial = { ...walk, frames: walk.frames.map((frame) => ({ ...frame })), forks: walk.forks + 1 }
  const outcome = go(copy, trial)
  if (outcome === 'cannot-tell') return null
  const { packet, mark, conntrack } = copy.input
  return JSON.stringify([outcome, copy.reject?.with, packet, mark, conntrack])
}
