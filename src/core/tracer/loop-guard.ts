import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey, type Place } from './place.ts'

/** More places than any real path has: 255 routers with a bridge each would stop earlier, by their TTL. */
const MOST_PLACES = 600

/** Returns a function that is asked at every place and ends the walk where the very same packet comes by again. */
export function createLoopGuard(journey: Journey): (place: Place) => Ending | null {
  const seen = new Set<string>()
  let count = 0
  return (place) => {
    count += 1
    if (place.at === 'end') return null
    const key = placeKey(place)
    if (!seen.has(key) && count <= MOST_PLACES) {
      seen.add(key)
      return null
    }
    const why = `The packet comes by ${place.ns.netns.name} again just as it was: it goes round in a circle.`
    addStep(journey.log, { kind: 'drop', reason: 'LOOP', why })
    return end('loop', why)
  }
}

/** The TTL is left out: a routed circle is a loop even though its TTL would end it, 64 hops later. */
function placeKey(place: Exclude<Place, Ending>): string {
  const { packet } = place.skb
  const device = place.at === 'send' ? '' : place.at === 'bridge' ? place.port : place.device
  const ports = `${packet.sourcePort ?? packet.icmp?.id} ${packet.destinationPort}`
  return `${place.at} ${place.ns.netns.id} ${device} ${packet.src} ${packet.dst} ${ports} ${place.skb.mark}`
}
