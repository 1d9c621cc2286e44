import type { WatchFlow } from '../../../core/watch/watch.ts'
import { isHostNetns, type Place } from '../../playback/place.ts'

/** The colours of a packet, by what it carries. */
export type TrafficColour = 'icmp' | 'tcp' | 'udp' | 'dns' | 'arp'

/** Returns the colour of a flow's packets. */
export function colourOfFlow(flow: Pick<WatchFlow, 'protocol' | 'original'> | undefined): TrafficColour {
  if (flow === undefined) return 'arp'
  const { protocol, original } = flow
  if (protocol === 'udp' && (original.destinationPort === 53 || original.sourcePort === 53)) return 'dns'
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp') return protocol
  return protocol === 'icmpv6' ? 'icmp' : 'arp'
}

/** Returns the address of a flow's end that is on no namespace of this host; null where both are. */
export function farAddress({ from, to, original, reply }: WatchFlow): string | null {
  if (to.netns === null) return reply.src
  return from.netns === null ? original.src : null
}

/** Tells whether one end of a flow is the host itself, so that its packets stay in the host's own stack. */
export function isLocalFlow({ from, to }: WatchFlow): boolean {
  return [from, to].some(({ netns }) => netns !== null && isHostNetns(netns))
}

/** Returns the words beside a dot: from whom to whom it goes, `c1 → web:80`; an answer is turned round. */
export function labelJourney(flow: WatchFlow, way: readonly Place[]): string {
  const { sourcePort, destinationPort } = flow.original
  const port = destinationPort === undefined || sourcePort === undefined ? '' : `:${destinationPort}`
  const server = `${flow.to.name}${port}`
  return isAnswer(flow, way) ? `${server} → ${flow.from.name}` : `${flow.from.name} → ${server}`
}

/** A packet of the answer begins where the flow leads to, or ends where it began. */
function isAnswer({ from, to }: WatchFlow, way: readonly Place[]): boolean {
  const [first, last] = [way[0], way.at(-1)]
  return isIn(first, to.netns) || (isIn(last, from.netns) && !isIn(first, from.netns))
}

function isIn(place: Place | undefined, netns: string | null): boolean {
  if (place === undefined) return false
  if (place.kind === 'external') return netns === null
  if (place.kind === 'gate') return netns === place.netns && place.gate === 'local'
  return place.netns === netns && !isHostNetns(place.netns)
}
