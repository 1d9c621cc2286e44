import { bridgeFrame } from './bridge-frame.ts'
import { createLoopGuard } from './loop-guard.ts'
import type { Ending, Journey, Place } from './place.ts'
import { receiveFrame } from './receive-frame.ts'
import { receivePacket } from './receive-packet.ts'
import { sendPacket } from './send-packet.ts'
import { transmitFrame } from './transmit-frame.ts'

/** Follows a packet from place to place until it ends, writing its hops to the journey. */
export function walkPacket(journey: Journey, start: Place): Ending {
  const guard = createLoopGuard(journey)
  let place = start
  while (place.at !== 'end') {
    const loop = guard(place)
    if (loop !== null) return loop
    place = takeStep(journey, place)
  }
  return place
}

function takeStep(journey: Journey, place: Exclude<Place, Ending>): Place {
  switch (place.at) {
    case 'send':
      return sendPacket(journey, place)
    case 'transmit':
      return transmitFrame(journey, place)
    case 'arrive':
      return receiveFrame(journey, place)
    case 'bridge':
      return bridgeFrame(journey, place)
    case 'receive':
      return receivePacket(journey, place)
    default:
      return place satisfies never
  }
}
