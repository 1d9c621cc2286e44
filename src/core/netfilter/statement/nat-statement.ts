import { formatEnd } from '../../net/format-packet.ts'
import type { RuleVerdict } from '../../trace/step.ts'
import { applyNat } from '../apply-nat.ts'
import { connectionsOf, type HookRun, replacePacket } from '../hook-run.ts'
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
  const setup = setupNat(connectionsOf(run), view.connection, manip, mapping, run.context.kernel ?? null)
  if (setup.kind === 'cannot-tell') return cannotTell(verdict, setup.reason)
  const diff = replacePacket(run, applyNat(run.input.packet, view, manip))
  const result = { verdict, next: 'accept', diff, why } as const
  return setup.note === null ? result : { ...result, note: setup.note }
}

/** Writes `172.17.0.2` and `8080` as a reader expects them: `172.17.0.2:8080`, `[2001:db8::2]:80`, `port 80`. */
export function formatMapped(address: string | null, port: number | null): string {
  return address === null ? `port ${port}` : formatEnd(address, port ?? undefined)
}

/** Writes what a mapping leads to, `own` where it leaves that alone: one of several addresses or ports is `one of A-B`. */
export function formatTarget(
  { addresses, ports }: NatMapping,
  ownAddress: string | null,
  ownPort: number | null,
): string {
  const isOneAddress = addresses === null || addresses.from === addresses.to
  const isOnePort = ports === null || ports.from === ports.to
  const end = formatMapped(addresses?.from ?? ownAddress, ports?.from ?? ownPort)
  if (isOneAddress && isOnePort) return end
  const range = isOneAddress ? '' : `one of ${addresses?.from}-${addresses?.to}`
  const several = isOnePort ? '' : `a port from ${ports?.from}-${ports?.to}`
  return [range === '' ? (addresses?.from ?? ownAddress ?? '') : range, several]
    .filter((part) => part !== '')
    .join(', ')
}
