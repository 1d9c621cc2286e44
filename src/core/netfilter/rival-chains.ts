import type { BaseChain } from './compile-rulesets.ts'
import type { HookRun, Outcome } from './hook-run.ts'
import { recordUnknown } from './record-step.ts'
import { runBaseChain } from './run-base-chain.ts'

/**
 * Returns `cannot-tell`, with its step, where two chains sit at the same place in an order that cannot be read from the
 * kernel (iptables-nft and iptables-legacy, both with rules) and the packet fares differently by the order; else
 * `continue`. Both orders are tried on copies, so that nothing of the trial remains.
 */
export function checkRivals(run: HookRun, bases: readonly BaseChain[]): Outcome {
  const rivals = bases.filter((base) => base.kind === 'iptables' && base.note !== null)
  if (rivals.length < 2) return 'continue'
  if (tryOrder(run, rivals) === tryOrder(run, [...rivals].reverse())) return 'continue'
  const [base] = rivals
  const place = base?.kind === 'iptables' ? `table ${base.chain.table}, chain ${base.chain.name}` : ''
  const what = `the order of iptables-nft and iptables-legacy in ${place}`
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

function copyRun(run: HookRun): HookRun {
  const { conntrack } = run.input
  const connection = conntrack?.connection ?? null
  const view = conntrack === null ? null : { ...conntrack, connection: connection === null ? null : { ...connection } }
  return { ...run, input: { ...run.input, conntrack: view }, steps: [], reject: null, reason: '' }
}
