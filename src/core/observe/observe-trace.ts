import type { Packet } from '../net/packet.ts'
import type { Step } from '../trace/step.ts'
import type { Trace } from '../trace/trace-report.ts'
import { buildHops } from './build-hops.ts'
import { concludeEnding, type Evidences } from './conclude.ts'
import type { SeenEnding } from './ending.ts'
import { fillHops } from './fill-hops.ts'
import { FROM_FRAME, type HopDraft, stackHop } from './hop-draft.ts'
import { orderPasses } from './order-passes.ts'
import { firstHeaders, type SeenPacket } from './seen-packet.ts'

/** One packet whose trace is to be written. */
export interface TraceSubject {
  readonly packet: SeenPacket
  /** Its predicted trace; null for a packet that was not predicted. */
  readonly predicted: Trace | null
  readonly known: Evidences
}

/** Returns the trace of one packet: what was seen of it, what is inferred between, and what became of it. */
export function observeTrace({ packet, predicted, known }: TraceSubject): Trace {
  const first = firstHeaders(packet)
  if (first === null) throw new Error('a packet that nothing shows')
  const { places, sight } = known
  const hops = buildHops(places, orderPasses(places, packet), first)
  // Nobody answers: that is found out where the question was asked.
  const [asker] = packet.frames
  const gives = known.answer === null && (first.arp === 'request' || first.icmp?.type === 135)
  if (gives && asker !== undefined) hops.push(stackHop(asker.netns, first))
  const begun = beginTrace(packet, hops, first, predicted, known)
  const answer = known.answer === null ? null : firstHeaders(known.answer)
  const reached = answer !== null && answer.quoted === undefined
  const filled = fillHops(predicted?.hops ?? [], begun, { sight, reached })
  return finishTrace(filled, concludeEnding(packet, filled, known), predicted)
}

/** The first step says who made the packet: a machine outside, or the namespace that showed it first. */
function beginTrace(
  { frames, visits }: SeenPacket,
  hops: HopDraft[],
  packet: Packet,
  predicted: Trace | null,
  { places }: Evidences,
): HopDraft[] {
  const [frame] = frames
  const netns = frame?.netns ?? visits[0]?.netns ?? ''
  const from = predicted?.hops[0]?.steps[0]
  const enters = frame?.direction === 'in' && places.device(netns, frame.device)?.kind !== 'loopback'
  const by = from?.kind === 'originate' ? from.by : enters ? 'external' : 'kernel'
  const why =
    frame === undefined
      ? `A rule trace of ${netns} shows it first.`
      : `It was first seen on ${frame.device} of ${netns}.`
  const step: Step = { kind: 'originate', packet, by, diff: [], evidence: FROM_FRAME, why }
  if (!enters) {
    const [stack, ...rest] = hops
    if (stack === undefined) throw new Error('a packet without a place')
    return [{ ...stack, packet, steps: [step, ...stack.steps] }, ...rest]
  }
  const outside = frame !== undefined && places.leadsOut(netns, frame.device)
  const hop = stackHop(
    outside ? 'external' : (places.farEnd(netns, frame?.device ?? '')?.netns ?? 'external'),
    packet,
    outside ? 'external' : 'stack',
  )
  return [{ ...hop, steps: [step] }, ...hops]
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
