import type { Target } from '../../host/target.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { translate } from './nat-statement.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/**
 * `-j MASQUERADE`: the source becomes the address of the output device that belongs to the next hop, whatever the
 * route's own `src` says; for IPv6 what is best towards the destination. A device without one eats the packet (linux:net/netfilter/nf_nat_masquerade.c).
 */
export function applyMasquerade(run: HookRun, target: OfKind<Target, 'masquerade'>): StatementResult {
  const { packet } = run.input
  const device = run.call.outDevice ?? ''
  const towards = packet.family === 6 ? packet.dst : (run.call.nextHop ?? packet.dst)
  const address = run.context.fib.sourceFor(packet.family, device, towards)
  if (address === null) {
    const why = `${device} has no address to put in place of ${packet.src}, so the kernel drops the packet.`
    return { verdict: 'masquerade', next: 'drop', diff: NO_DIFF, why }
  }
  const why = `The address ${packet.src} means nothing beyond ${device}, so this rule puts ${device}'s own address ${address} in its place; connection tracking will turn the reply back.`
  const mapping = { addresses: { from: address, to: address }, ports: target.ports, random: target.random }
  return translate(run, 'masquerade', mapping, why)
}
