import type { Target } from '../../host/target.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { cannotTell, NO_DIFF, type StatementResult } from './statement.ts'

/**
 * `-j TPROXY --on-port 3129 --on-ip 127.0.0.1`: the packet is handed to a transparent socket of this host, and dropped where
 * there is none (linux:net/netfilter/xt_TPROXY.c tproxy_tg4). Whether a socket that listens is transparent was not read.
 */
export function applyTproxy(run: HookRun, target: OfKind<Target, 'tproxy'>): StatementResult {
  const { packet, conntrack } = run.input
  const { protocol, family } = packet
  const where = `port ${target.port}`
  if ((protocol !== 'tcp' && protocol !== 'udp') || run.input.findListener === null) {
    return cannotTell('redirect', `TPROXY looks for sockets on ${where}, which were not read`)
  }
  const flags = packet.tcpFlags ?? []
  const begins = protocol === 'tcp' ? flags.includes('syn') && !flags.includes('ack') : conntrack?.state === 'new'
  if (!begins) return cannotTell('redirect', 'TPROXY looks for the socket of a connection, which was not read')
  const destination = target.address ?? ownAddress(run) ?? packet.dst
  const port = target.port === 0 ? (packet.destinationPort ?? 0) : target.port
  const device = run.input.inDevice
  if (run.input.findListener({ protocol, family, destination, port, device }) === null) {
    const why = `Nothing listens on ${where} of ${destination} for TPROXY to hand the packet to, so the kernel drops it.`
    return { verdict: 'redirect', next: 'drop', diff: NO_DIFF, why }
  }
  return cannotTell(
    'redirect',
    `TPROXY hands the packet to the socket on ${where} if that is a transparent one, which was not read`,
  )
}

/** The first address of the device that the packet came by. */
function ownAddress(run: HookRun): string | null {
  const { family } = run.input.packet
  const device = run.context.netns.interfaces.find(({ name }) => name === run.input.inDevice)
  const addresses = (device?.addresses ?? []).filter((each) => each.family === family)
  return (addresses.find(({ primary }) => primary) ?? addresses[0])?.address ?? null
}
