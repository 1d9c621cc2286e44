import type { Step } from '../trace/step.ts'
import { placeOf } from '../trace/compare-hops.ts'
import type { Hop, Trace } from '../trace/trace-report.ts'
import { buildHops } from './build-hops.ts'
import { concludeEnding, type Evidences } from './conclude.ts'
import type { SeenEnding } from './ending.ts'
import { fillHops } from './fill-hops.ts'
import { FROM_FRAME, type HopDraft, stackHop } from './hop-draft.ts'
import { askedNeighbor } from './neighbor-question.ts'
import { orderPasses, type Pass } from './order-passes.ts'
import { firstHeaders, isError, type SeenPacket } from './seen-packet.ts'
import type { Sight } from './sight.ts'

/** One packet whose trace is to be written. */
export interface TraceSubject {
  readonly packet: SeenPacket
  /** Its predicted trace; null for a packet that was not predicted. */
  readonly predicted: Trace | null
  readonly known: Omit<Evidences, 'foretold'>
}

/** Returns the trace of one packet: what was seen of it, what is inferred between, and what became of it. */
export function observeTrace({ packet, predicted, known }: TraceSubject): Trace {
  const first = firstHeaders(packet)
  if (first === null) throw new Error('a packet that nothing shows')
  const { places, sight } = known
  const passes = orderPasses(places, packet)
  const hops = buildHops(places, passes, first)
  const taker = takerOf(packet, known)
  if (taker !== null) hops.push(stackHop(taker, first))
  const answer = known.answer === null ? null : firstHeaders(known.answer)
  const reached = answer !== null && !isError(answer)
  const filled = fillHops(predicted?.hops ?? [], hops, { sight: sightOn(packet, sight), reached })
  const begun = beginTrace({ packet, predicted, known }, filled, passes[0] !== undefined && isMade(passes[0]))
  const foretold = predicted?.disposition ?? null
  return finishTrace(begun, concludeEnding(packet, begun, { ...known, foretold }), predicted)
}

/**
 * Everybody hears a question for a neighbour: its way ends with the one that answers, or where it was asked when nobody does.
 * Null for other packets, and for a question to machines outside.
 */
function takerOf(packet: SeenPacket, { answer, places }: TraceSubject['known']): string | null {
  if (askedNeighbor(packet) === null) return null
  const [first] = (answer ?? packet).frames
  return first === undefined || places.leadsOut(first.netns, first.device) ? null : first.netns
}

/** Questions for neighbours are seen at devices; a trace of rules that was made for a probe does not tell of them. */
function sightOn(packet: SeenPacket, sight: Sight): Sight {
  const type = firstHeaders(packet)?.icmp?.type ?? 0
  const discovers = packet.frames[0]?.packet.family === 6 && type >= 133 && type <= 137
  return discovers && packet.visits.length === 0 ? { ...sight, traces: () => false } : sight
}

/** Tells whether a stay is one in the namespace that made the packet. */
function isMade({ entry, visits: [first] }: Pass): boolean {
  if (entry.length > 0) return false
  return first === undefined || first.hook === 'output' || (first.hook === 'postrouting' && first.inDevice === null)
}

/** The first step says who made the packet: the namespace that showed it first, or whoever it came in from. */
function beginTrace({ packet, predicted, known }: TraceSubject, hops: HopDraft[], made: boolean): HopDraft[] {
  const [first, ...rest] = hops
  if (first === undefined) throw new Error('a packet without a place')
  if (first.steps[0]?.kind === 'originate') return hops
  const from = predicted?.hops[0]
  const [frame] = packet.frames
  const step = originate(packet, first, from)
  const here = first.device === null && (made || (from !== undefined && placeOf(from) === placeOf(first)))
  if (here) return [{ ...first, packet: step.packet, steps: [step, ...first.steps] }, ...rest]
  const far = frame === undefined ? null : known.places.farEnd(frame.netns, frame.device)
  const outside = frame === undefined || known.places.leadsOut(frame.netns, frame.device) || far === null
  const hop = outside ? stackHop('external', step.packet, 'external') : stackHop(far.netns, step.packet)
  return [{ ...hop, steps: [step] }, ...hops]
}

function originate({ frames: [frame], visits }: SeenPacket, hop: HopDraft, from: Hop | undefined) {
  const packet = frame?.packet ?? visits[0]?.packet ?? hop.packet
  const predicted = from?.steps[0]
  const by = predicted?.kind === 'originate' ? predicted.by : hop.device === null ? 'kernel' : 'external'
  const why =
    frame === undefined
      ? `A rule trace of ${hop.netns} shows it first.`
      : `It was first seen on ${frame.device} of ${frame.netns}.`
  return { kind: 'originate', packet, by, diff: [], evidence: FROM_FRAME, why } as const
}

/** Puts the ending where the packet ended, and leaves out places of which nothing can be said. */
function finishTrace(hops: readonly HopDraft[], ending: SeenEnding, predicted: Trace | null): Trace {
  const { disposition, reason } = ending
  const last = hops.at(-1)
  if (last === undefined) throw new Error('a trace without hops')
  const step = ending.step === null ? null : nameTaker(ending.step, last, predicted)
  const closed = disposition === 'leaves-host' ? [last, outsideOf(last)] : [withLast(last, step)]
  const told = [...hops.slice(0, -1), ...closed].filter((hop) => hop.steps.length > 0 || hop.frames.length > 0)
  return { disposition, reason, hops: told }
}

function withLast(hop: HopDraft, step: Step | null): HopDraft {
  return step === null ? hop : { ...hop, steps: [...hop.steps, step] }
}

function outsideOf({ packet, frames }: HopDraft): HopDraft {
  const hop = stackHop('external', packet, 'external')
  const why =
    frames.length > 0
      ? 'It was seen leaving: from here on machines outside decide.'
      : 'Machines outside decide from here on.'
  hop.steps.push({ kind: 'enter', device: 'external', diff: [], evidence: FROM_FRAME, why })
  return hop
}

/** That a packet was taken is seen by its answer; who took it is known from the prediction. */
function nameTaker(step: Step, hop: HopDraft, predicted: Trace | null): Step {
  if (step.kind !== 'deliver') return step
  const last = predicted?.hops.findLast(({ netns, device }) => netns === hop.netns && device === hop.device)
  const taker = last?.steps.find((each) => each.kind === 'deliver')
  if (taker?.kind !== 'deliver') return step
  const { to, socket, process } = taker
  return {
    ...step,
    to,
    socket,
    process,
    evidence: { basis: 'frame', note: 'Who took it is filled in from the prediction.' },
  }
}
