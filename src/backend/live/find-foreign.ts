import type { Observation, SeenFrame } from '../../core/observe/observation.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import { mainPacket } from './list-places.ts'

/** A packet that came in where one was waited for: its flow, and where it was seen. */
export interface ForeignPacket {
  readonly flow: Flow
  readonly frame: SeenFrame
}

/**
 * Returns the first packet that came in where one was waited for, or null when none did. Of TCP only one that
 * begins a connection: the rest of an older one has another way through the rules.
 */
export function findForeign(observation: Observation, predicted: TraceReport, flow: Flow): ForeignPacket | null {
  const wanted = mainPacket(predicted)
  const begins = ({ netns, direction, packet }: SeenFrame): boolean => {
    if (netns !== 'host' || direction !== 'in' || packet.protocol !== wanted.protocol) return false
    if (packet.dst !== wanted.dst || packet.destinationPort !== wanted.destinationPort) return false
    if (packet.protocol === 'tcp') return packet.tcpFlags?.join() === 'syn'
    return packet.icmp === undefined || packet.icmp.type === wanted.icmp?.type
  }
  const frame = observation.frames.find(begins)
  return frame === undefined ? null : { flow: flowOf(frame, flow), frame }
}

function flowOf({ packet }: SeenFrame, flow: Flow): Flow {
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
