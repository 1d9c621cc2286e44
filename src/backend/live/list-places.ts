import type { HostState } from '../../core/host/host-state.ts'
import type { NetNamespace } from '../../core/host/namespace.ts'
import type { Packet } from '../../core/net/packet.ts'
import { isNeighborExchange } from '../../core/trace/is-neighbor-exchange.ts'
import type { Hop, TraceReport } from '../../core/trace/trace-report.ts'

/** A namespace that is to be watched. `pid` is a process in it, 0 for the host's own, null when none is known. */
export interface Place {
  readonly netns: NetNamespace
  readonly pid: number | null
}

/** Returns all hops of a report, of questions and answers. */
export function allHops(report: TraceReport): readonly Hop[] {
  return report.exchanges.flatMap(({ forward, reply }) => [...forward.hops, ...(reply?.hops ?? [])])
}

/** Returns the packet of a report's main exchange as its sender makes it; its source may still be open. */
export function mainPacket(report: TraceReport): Packet {
  const packet = report.exchanges.find(({ main }) => main)?.forward.hops[0]?.packet
  if (packet === undefined) throw new Error('a report whose main exchange has no hop')
  return packet
}

/**
 * Returns the namespaces concerned: the host's, all that the prediction visits, and those that have an address that the
 * packet is sent to on its way, where it would be met should the prediction be wrong about the last part. A question for a
 * neighbour comes by everybody on the network; those whom it does not concern are left out.
 */
export function listPlaces(state: HostState, report: TraceReport): readonly Place[] {
  const hops = allHops(report)
  const visited = new Set(
    report.exchanges
      .filter((exchange) => !isNeighborExchange(exchange))
      .flatMap(({ forward, reply }) => [...forward.hops, ...(reply?.hops ?? [])].map(({ netns }) => netns)),
  )
  const addressed = new Set(hops.flatMap(({ packet, frames }) => [packet.dst, ...frames.map(({ dst }) => dst)]))
  return state.namespaces.flatMap((netns, index) => {
    const has = netns.interfaces.some(({ addresses }) =>
      addresses.some(({ address, scope }) => scope !== 'host' && addressed.has(address)),
    )
    if (index > 0 && !visited.has(netns.name) && !has) return []
    return [{ netns, pid: index === 0 ? 0 : findPid(state, netns.id) }]
  })
}

/** Returns a process that lives in a namespace, or null: those that only dockerd holds have none. */
export function findPid(state: HostState, namespace: string): number | null {
  return state.containers.find((one) => one.namespace === namespace && one.pid !== 0)?.pid ?? null
}
