import type { RuleVerdict } from '../../trace/step.ts'
import { applyNat } from '../apply-nat.ts'
import { type HookRun, replacePacket } from '../hook-run.ts'
import { type Manip, type NatMapping, setupNat } from '../setup-nat.ts'
import { cannotTell, NO_DIFF, type StatementResult } from './statement.ts'

/**
 * Returns which side the nat hooks rewrite: the destination before routing, the source after it
 * (linux:include/net/netfilter/nf_nat.h HOOK2MANIP).
 */
export function manipOf(run: HookRun): Manip {
  return run.call.hook === 'postrouting' || run.call.hook === 'input' ? 'source' : 'destination'
}

/** Maps the packet's connection and rewrites the packet: what all NAT targets end in. */
export function translate(run: HookRun, verdict: RuleVerdict, mapping: NatMapping, why: string): StatementResult {
  const view = run.input.conntrack
  if (view === null || view.connection === null) {
    return {
      verdict,
      next: 'accept',
      diff: NO_DIFF,
      why: 'The packet belongs to no connection, so nothing is translated.',
    }
  }
  const manip = manipOf(run)
  const setup = setupNat(run.context.conntrack, view.connection, manip, mapping)
  if (setup.kind === 'cannot-tell') return cannotTell(verdict, setup.reason)
  const diff = replacePacket(run, applyNat(run.input.packet, view, manip))
  const result = { verdict, next: 'accept', diff, why } as const
  return setup.note === null ? result : { ...result, note: setup.note }
}

/** Writes `172.17.0.2` and `8080` as a reader expects them: `172.17.0.2:8080`, `[2001:db8::2]:80`, `port 80`. */
export function formatEnd(address: string | null, port: number | null): string {
  if (address === null) return `port ${port}`
  if (port === null) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
