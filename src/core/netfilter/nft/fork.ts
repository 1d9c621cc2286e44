import type { HookRun, Outcome } from '../hook-run.ts'
import type { CompiledNftRule } from './compile-nft.ts'
import { takeRule } from './take-rule.ts'
import { continueWalk, type NftWalk } from './walk-nft-chain.ts'

/** Questions that may be open at once: each doubles the work. */
const MOST_FORKS = 3

/**
 * Tells whether a packet fares the same when a statement of a rule holds and when it does not: both are tried on copies to
 * the end of the base chain, so that nothing of the trial remains. False also where that cannot be told.
 */
export function makesNoDifference(run: HookRun, walk: NftWalk, rule: CompiledNftRule, at: number): boolean {
  if (walk.forks >= MOST_FORKS) return false
  const without = tryWalk(run, walk, (copy, trial) => continueWalk(copy, trial))
  if (without === null) return false
  const within = tryWalk(run, walk, (copy, trial) => {
    const frame = trial.frames.at(-1)
    if (frame === undefined) return 'cannot-tell'
    const outcome = takeRule(copy, trial, frame, rule, at + 1, '')
    return outcome === 'continue' ? continueWalk(copy, trial) : outcome
  })
  return within === without
}

/** Returns everything that could differ, as text; null where it cannot be told. */
function tryWalk(run: HookRun, walk: NftWalk, go: (copy: HookRun, trial: NftWalk) => Outcome): string | null {
  const copy = copyRun(run)
  const trial = { ...walk, frames: walk.frames.map((frame) => ({ ...frame })), forks: walk.forks + 1 }
  const outcome = go(copy, trial)
  if (outcome === 'cannot-tell') return null
  const { packet, mark, conntrack } = copy.input
  return JSON.stringify([outcome, copy.reject?.with, packet, mark, conntrack])
}

function copyRun(run: HookRun): HookRun {
  const { conntrack } = run.input
  const connection = conntrack?.connection ?? null
  const view = conntrack === null ? null : { ...conntrack, connection: connection === null ? null : { ...connection } }
  return { ...run, input: { ...run.input, conntrack: view }, steps: [], reject: null, reason: '' }
}
