import type { Target } from '../../host/target.ts'
import { parseAddress } from '../../net/address.ts'
import { specialRange } from '../../net/prefix.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { formatMapped, translate } from './nat-statement.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/**
 * `-j REDIRECT --to-ports 80`: to this host itself, at the first address of the device it came in by, or at loopback
 * for a packet made here (linux:net/netfilter/nf_nat_redirect.c).
 */
export function applyRedirect(run: HookRun, target: OfKind<Target, 'redirect'>): StatementResult {
  const address = ownAddress(run)
  if (address === null) {
    const why = `${run.call.inDevice ?? 'the device'} has no address to redirect to, so the kernel drops the packet.`
    return { verdict: 'redirect', next: 'drop', diff: NO_DIFF, why }
  }
  const { packet } = run.input
  const after = formatMapped(address, target.ports?.from ?? packet.destinationPort ?? null)
  const why = `This rule takes the packet for ${formatMapped(packet.dst, packet.destinationPort ?? null)} to this host's own ${after}.`
  return translate(
    run,
    'redirect',
    { addresses: { from: address, to: address }, ports: target.ports, random: target.random },
    why,
  )
}

function ownAddress(run: HookRun): string | null {
  const { family, src } = run.input.packet
  if (run.call.hook === 'output') return family === 4 ? '127.0.0.1' : '::1'
  const device = run.context.netns.interfaces.find((candidate) => candidate.name === run.call.inDevice)
  const addresses = (device?.addresses ?? []).filter((candidate) => candidate.family === family)
  if (family === 4) return (addresses.find((candidate) => candidate.primary) ?? addresses[0])?.address ?? null
  // IPv6 answers a link-local sender from a link-local address and any other from a wider one.
  const linkLocal = isLinkLocal(src)
  const usable = addresses.filter((candidate) => candidate.tentative !== true)
  return usable.find((candidate) => isLinkLocal(candidate.address) === linkLocal)?.address ?? null
}

function isLinkLocal(address: string): boolean {
  const parsed = parseAddress(address)
  return parsed !== null && specialRange(parsed.family, parsed.value) === 'link-local'
}
