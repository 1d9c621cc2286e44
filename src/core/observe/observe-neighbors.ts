import type { Exchange, TraceReport } from '../trace/trace-report.ts'
import { isNeighborExchange } from '../trace/is-neighbor-exchange.ts'
import { askedNeighbor } from './neighbor-question.ts'
import { type Known, observeExchange, type SeenExchange } from './observe-exchange.ts'
import { firstHeaders, type SeenPacket } from './seen-packet.ts'

/**
 * Returns the questions for neighbours (ARP, IPv6 discovery) that the packets of a conversation waited for, each once. Those that
 * the kernel asks afterwards, to make sure of a neighbour that it has used, are not part of it.
 */
export function observeNeighbors(
  known: Known,
  predicted: TraceReport,
  conversation: readonly SeenExchange[],
): readonly Exchange[] {
  const asked = new Set<string>()
  const packets = conversation.flatMap(({ question, answer }) => (answer === null ? [question] : [question, answer]))
  return known.packets.flatMap((packet) => {
    const first = firstHeaders(packet)
    const [frame] = packet.frames
    const target = askedNeighbor(packet)?.address
    if (first === null || frame === undefined || target === undefined || frame.direction !== 'out') return []
    const key = `${frame.netns} ${target}`
    if (asked.has(key) || !isWaitedFor(packet, packets)) return []
    asked.add(key)
    const label = `${first.protocol === 'arp' ? 'ARP' : 'ND'} ${target}`
    const foretold = predicted.exchanges.find(
      (exchange) =>
        isNeighborExchange(exchange) && exchange.label === label && exchange.forward.hops[0]?.netns === frame.netns,
    )
    const subject = { label, protocol: first.protocol, main: false, sender: null, asker: frame.netns } as const
    return [observeExchange(known, { question: packet, predicted: foretold ?? null, ...subject }).exchange]
  })
}

/** Some packet of the conversation left by the same device of the same namespace afterwards, or waits there still. */
function isWaitedFor(question: SeenPacket, packets: readonly SeenPacket[]): boolean {
  const [asked] = question.frames
  if (asked === undefined) return false
  return packets.some(({ frames, visits }) => {
    const here = frames.filter((frame) => frame.netns === asked.netns)
    const made = here.length === 0 && visits.some((visit) => visit.netns === asked.netns)
    const out = here.find((frame) => frame.direction === 'out' && frame.device === asked.device)
    if (out !== undefined) return out.at > asked.at
    return made || here.some((frame) => frame.direction === 'in' && frame.at < asked.at)
  })
}
