import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey, type Place } from './place.ts'

/** More places than any real path has: 255 routers with a bridge each would stop earlier, by their TTL. */
const MOST_PLACES = 600

/** Returns a function that is asked at every place and ends the walk where the very same packet comes by again. */
export function createLoopGuard(journey: Journey): (place: Place) => Ending | null {
  const seen: OpenPlace[] = []
  return (place) => {
    if (place.at === 'end') return null
    if (seen.length < MOST_PLACES && !seen.some((earlier) => isSame(earlier, place))) {
      seen.push(place)
      return null
    }
    const why = `The packet comes by ${place.ns.netns.name} again just as it was: it goes round in a circle.`
    addStep(journey.log, { kind: 'drop', reason: 'LOOP', why })
    return end('loop', why)
  }
}

type OpenPlace = Exclude<Place, Ending>

/**
 * The TTL is left out: a routed circle is a loop even though its TTL would end it, 64 hops later. Most ways have a dozen
 * places, so that comparing them costs less than making keys.
 */
function isSame(left: OpenPlace, right: OpenPlace): boolean {
  if (left.at !== right.at || left.ns !== right.ns || deviceOf(left) !== deviceOf(right)) return false
  if (left.skb.mark !== right.skb.mark) return false
  const [one, other] = [left.skb.packet, right.skb.packet]
  return (
    one.src === other.src &&
    one.dst === other.dst &&
    (one.sourcePort ?? one.icmp?.id) === (other.sourcePort ?? other.icmp?.id) &&
    one.destinationPort === other.destinationPort
  )
}

function deviceOf(place: OpenPlace): string {
  if (place.at === 'send') return ''
  return place.at === 'bridge' ? place.port : place.device
}
