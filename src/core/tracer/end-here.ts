import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey } from './place.ts'

/** Writes that the packet is discarded at the current hop, and ends its way. */
export function dropHere(journey: Journey, reason: string, why: string): Ending {
  addStep(journey.log, { kind: 'drop', reason, why })
  return end('dropped', why)
}

/** Writes what is not known at the current hop, and ends the way there. */
export function loseSight(journey: Journey, what: string): Ending {
  addStep(journey.log, { kind: 'unknown', what, why: 'The way ends where Hopwire can no longer see.' })
  return end('cannot-tell', `Cannot tell: ${what}.`)
}
