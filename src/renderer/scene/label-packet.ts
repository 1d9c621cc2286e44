import { formatEnd } from '../../core/net/format-packet.ts'
import type { Packet } from '../../core/net/packet.ts'
import type { Direction, Leg, Moment } from '../playback/timeline.ts'
import { CHANGE_AT } from '../playback/timeline.ts'

/** One word of a capsule; `flipping` is 0..1 while its field changes, else null. */
export interface LabelPart {
  readonly text: string
  readonly flipping: number | null
}

const FLIP = 0.3

/** Returns the words of a packet's capsule: protocol, source, target. While a field changes, the old word flips to the new. */
export function labelPacket(moment: Moment): readonly LabelPart[] {
  const { event, leg, phase, dwell } = moment
  const before = wordsOf(event.before, leg, event.direction)
  const after = wordsOf(event.after, leg, event.direction)
  const share = phase === 'travel' ? 0 : Math.min(1, Math.max(0, (dwell - CHANGE_AT) / FLIP + 0.5))
  return after.map((text, index) => {
    const old = before[index] ?? text
    if (old === text) return { text, flipping: null }
    return { text: share < 0.5 ? old : text, flipping: share === 0 || share === 1 ? null : share }
  })
}

function wordsOf(packet: Packet, leg: Leg, direction: Direction): readonly string[] {
  const name = leg.protocol === 'dns' ? 'DNS' : packet.protocol.toUpperCase()
  const mark = direction === 'reply' ? '↩ ' : ''
  if (packet.arp !== undefined) {
    const question = packet.arp === 'request'
    return [
      `${mark}ARP`,
      question ? 'who has' : packet.src,
      question ? packet.dst : 'is at',
      question ? '' : (packet.sourceMac ?? '?'),
    ]
  }
  return [
    `${mark}${name}`,
    host(packet.src, packet.sourcePort, direction === 'reply'),
    '→',
    host(packet.dst, packet.destinationPort, direction === 'forward'),
  ]
}

/** The client's own port says little and takes much room: it is shown at the serving end only. */
function host(address: string, port: number | undefined, serving: boolean): string {
  return formatEnd(address, serving ? port : undefined)
}
