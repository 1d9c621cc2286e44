import type { Observation, SeenFrame } from '../../core/observe/observation.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import { mainPacket } from './list-places.ts'

/**
 * Returns the flow of the first packet that came in where one was waited for, or null when none did. Of TCP only one that
 * begins a connection: the rest of an older one has another way through the rules.
 */
export function findForeign(observation: Observation, predicted: TraceReport, flow: Flow): Flow | null {
  const wanted = mainPacket(predicted)
  const begins = ({ netns, direction, packet }: SeenFrame): boolean => {
    if (netns !== 'host' || direction !== 'in' || packet.protocol !== wanted.protocol) return false
    if (packet.dst !== wanted.dst || packet.destinationPort !== wanted.destinationPort) return false
    if (packet.protocol === 'tcp') return packet.tcpFlags?.join() === 'syn'
    return packet.icmp === undefined || packet.icmp.type === wanted.icmp?.type
  }
  const packet = observation.frames.find(begins)?.packet
  if (packet === undefined) return null
  const sourcePort = packet.icmp?.id ?? packet.sourcePort
  const { ttl, length, dontFragment } = packet
  return {
    ...flow,
    from: `external:${packet.src}`,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ttl,
    length,
    dontFragment,
  }
}
