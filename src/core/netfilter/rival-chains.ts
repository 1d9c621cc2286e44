import type { BaseChain } from './compile-rulesets.ts'
import { copyRun, type HookRun, type Outcome } from './hook-run.ts'
import { recordUnknown } from './record-step.ts'
import { runBaseChain } from './run-base-chain.ts'

/** What is said where the order of chains decides and is only likely. */
const LIKELY_ORDER =
  'chains of equal priority: which of them the kernel asks first is taken from the age of their tables, and it decides here'

/**
 * What the order of chains at one place means for a packet: `same`, `likely` where it decides and the age of their tables
 * tells it, `unknown` where it decides and nothing tells it.
 */
export type Rivalry = 'same' | 'likely' | 'unknown'

/** Runs chains that share a place, the one that was made last first; `cannot-tell` where the order decides and is not known. */
export function runRivals(run: HookRun, bases: readonly BaseChain[]): Outcome {
  const rivalry = compareOrders(run, bases)
  if (rivalry === 'unknown') return endUnknown(run, bases)
  const note = rivalry === 'likely' ? LIKELY_ORDER : null
  let outcome: Outcome = 'continue'
  for (const base of bases) {
    outcome = runBaseChain(run, base, note)
    if (outcome !== 'continue' && outcome !== 'accept') return outcome
  }
  return outcome
}

/**
 * Returns `cannot-tell`, with its step, where nat chains sit at the same place in an order that is not known and the packet
 * fares differently by the order; else `continue`.
 */
export function checkRivals(run: HookRun, bases: readonly BaseChain[]): Outcome {
  const [first, second] = bases
  if (second === undefined) return 'continue'
  const rivals = bases.filter((base) => base.priority === first?.priority)
  return compareOrders(run, rivals) === 'unknown' ? endUnknown(run, rivals) : 'continue'
}

/** Both orders are tried on copies, so that nothing of the trial remains. */
function compareOrders(run: HookRun, bases: readonly BaseChain[]): Rivalry {
  if (bases.length < 2) return 'same'
  if (tryOrder(run, bases) === tryOrder(run, [...bases].reverse())) return 'same'
  return bases.some((base) => base.order === null) ? 'unknown' : 'likely'
}

function endUnknown(run: HookRun, bases: readonly BaseChain[]): Outcome {
  const [base] = bases
  const isIptables = bases.every(({ kind }) => kind === 'iptables')
  const place =
    isIptables && base !== undefined
      ? `iptables-nft and iptables-legacy in table ${base.chain.table}, chain ${base.chain.name}`
      : bases.map(({ chain }) => `${chain.family} ${chain.table} ${chain.name}`).join(' and ')
  const what = `the order of ${place}`
  recordUnknown(run, what, `What becomes of the packet depends on ${what}, which the kernel does not tell.`)
  return 'cannot-tell'
}

/** Runs the chains in one order on a copy and returns everything that could differ, as text. */
function tryOrder(run: HookRun, bases: readonly BaseChain[]): string {
  const copy = copyRun(run)
  const { input } = copy
  const before = input.conntrack?.connection ?? null
  const done = [before?.sourceDone, before?.destinationDone]
  let outcome: Outcome = 'continue'
  for (const base of bases) {
    outcome = runBaseChain(copy, base)
    if (outcome !== 'accept') break
    // A nat chain that has translated the connection is the last one to be asked.
    const connection = input.conntrack?.connection ?? null
    if (connection?.sourceDone !== done[0] || connection?.destinationDone !== done[1]) break
  }
  const { packet, mark, conntrack } = input
  return JSON.stringify([outcome, copy.reject?.with, packet, mark, conntrack])
}
