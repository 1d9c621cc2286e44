import type { HostState } from '../host/host-state.ts'
import type { Evidence } from '../trace/evidence.ts'
import type { Flow } from '../trace/flow.ts'
import { isNeighborExchange } from '../trace/is-neighbor-exchange.ts'
import type { Step } from '../trace/step.ts'
import { type Exchange, type Trace, TRACE_SCHEMA, type TraceReport } from '../trace/trace-report.ts'
import { endBySender, endUnknown } from './ending.ts'
import { findHeld, findQuestion, findRedirects, findRefusal, isRedirect } from './find-conversation.ts'
import { gatherPackets } from './gather-packets.ts'
import { gatherVisits } from './gather-visits.ts'
import { handOn } from './hand-on.ts'
import { FROM_FRAME, stackHop } from './hop-draft.ts'
import type { Observation } from './observation.ts'
import { type Known, observeExchange, type SeenExchange } from './observe-exchange.ts'
import { observeNeighbors } from './observe-neighbors.ts'
import { observeTrace } from './observe-trace.ts'
import { indexPlaces } from './place-index.ts'
import { rebaseTimes } from './rebase-times.ts'
import { firstHeaders, isError, type SeenPacket } from './seen-packet.ts'
import { sightOf } from './sight.ts'
import { wordEnded } from './word-ended.ts'
import { wordLacks } from './word-lacks.ts'

/** What a report is made of: `predicted` is the report of the same flow over `state`. */
export interface ObservedFlow {
  readonly state: HostState
  readonly flow: Flow
  readonly predicted: TraceReport
  readonly observation: Observation
}

/**
 * Makes a report of what was seen of one probe and of all that it caused, laid out as the prediction of the same flow is.
 * Packets are known by what NAT and routers leave alone, never by time; each step says what it rests on. What cannot be
 * seen is filled in from the prediction, marked so, and only where nothing that was seen speaks against it. What became of
 * each packet is concluded from what was seen alone, and is `cannot-tell` where that does not tell.
 */
export function observeReport({ state, flow, predicted, observation }: ObservedFlow): TraceReport {
  const visits = gatherVisits(state, observation.rules)
  const places = indexPlaces(state)
  const packets = gatherPackets(places, observation.frames, visits)
  const sight = sightOf(state, observation, visits)
  const known: Known = { places, sight, drops: observation.drops, packets }
  const main = observeMain(known, predicted, observation)
  const exchanges = main.seen === null ? [main.exchange] : [...observeAround(known, predicted, main.seen)]
  const { disposition, reason } = (exchanges.find((exchange) => exchange.main) ?? main.exchange).forward
  return {
    schema: TRACE_SCHEMA,
    origin: 'observed',
    engine: predicted.engine,
    flow,
    disposition,
    reason,
    exchanges: rebaseTimes(exchanges),
    warnings: [...wordEnded(observation.watched), ...wordLacks(observation.watched)],
  }
}

interface Main {
  readonly exchange: Exchange
  readonly seen: SeenExchange | null
}

function mainOf({ exchanges }: TraceReport): Exchange {
  const main = exchanges.find((exchange) => exchange.main)
  if (main === undefined) throw new Error('a prediction without a main exchange')
  return main
}

function observeMain(known: Known, predicted: TraceReport, { sender, watched }: Observation): Main {
  const foretold = mainOf(predicted)
  const [hop] = foretold.forward.hops
  if (hop === undefined) throw new Error('a prediction without its first hop')
  const netns = hop.kind === 'external' ? null : hop.netns
  const shown = findQuestion(known.places, known.packets, { packet: hop.packet, netns })
  const question = shown ?? (netns === null ? null : findHeld(known.packets, hop.packet, netns))
  if (question === null) return { exchange: unseen(foretold, sender, watched), seen: null }
  const { label, protocol } = foretold
  const told = netns === null ? null : sender
  const seen = observeExchange(known, {
    question,
    label,
    protocol,
    main: true,
    predicted: foretold,
    sender: told,
    asker: netns,
  })
  return { exchange: seen.exchange, seen }
}

/** Nothing shows the packet: the sender's own kernel refused it, or what would have shown it was not watched. */
function unseen(
  { label, protocol, forward }: Exchange,
  sender: Observation['sender'],
  watched: Observation['watched'],
): Exchange {
  const [first] = forward.hops
  const packet = first?.packet
  if (first === undefined || packet === undefined) throw new Error('a prediction without its first hop')
  const hop = stackHop(first.netns, packet, first.kind)
  const [from] = first.steps
  if (from?.kind === 'originate')
    hop.steps.push({
      ...from,
      evidence: { basis: 'prediction', note: 'No packet was seen; this is the one that was to be sent.' },
    })
  const lacks = wordLacks(watched)
  const told = lacks.length === 0 ? '' : ` (${lacks.join('; ')})`
  const what =
    sender.outcome === 'unable'
      ? `what would become of the probe: it could not be sent (${sender.detail})`
      : `what became of the probe: it was not seen anywhere${told}`
  const ending = endBySender(sender, forward.disposition) ?? endUnknown(what)
  const { disposition, reason } = ending
  if (disposition === forward.disposition && forward.hops.length === 1)
    hop.steps.push(...first.steps.flatMap(inferRoute))
  if (ending.step !== null) hop.steps.push({ ...ending.step, evidence: FROM_FRAME })
  return { label, protocol, main: true, forward: { disposition, reason, hops: [hop] }, reply: null }
}

const INFERRED: Evidence = { basis: 'prediction', note: 'This cannot be seen; it is filled in from the prediction.' }

/** A sender's kernel that refuses, as was predicted, has found the predicted route. */
function inferRoute(step: Step): readonly Step[] {
  return step.kind === 'route' ? [{ ...step, evidence: INFERRED }] : []
}

/** The exchanges of a conversation in the order in which reports have them. */
function observeAround(known: Known, predicted: TraceReport, main: SeenExchange): readonly Exchange[] {
  const before = observeNames(known, predicted)
  const behind = observeProxied(known, predicted, main)
  const own = { ...main, exchange: handOn(main.exchange, mainOf(predicted), behind[0]?.exchange) }
  const all = [...before, own, ...behind]
  const told = all.flatMap((each) => [
    ...observeRefusal(known, predicted, each),
    ...observeRedirects(known, predicted, each),
  ])
  const neighbors = observeNeighbors(known, predicted, all)
  return [...neighbors, ...all.map(({ exchange }) => exchange), ...told]
}

/** What is sent back about an answer that did not arrive, or that a machine outside did not want. */
function observeRefusal(known: Known, predicted: TraceReport, { exchange, answer }: SeenExchange): readonly Exchange[] {
  const { reply } = exchange
  if (answer === null || reply === null || reply.disposition === 'delivered') return []
  const refusal = findRefusal(known.packets, answer)
  const first = refusal === null ? null : firstHeaders(refusal)
  if (refusal === null || first === null) return []
  // A client outside may end with a reset what the SYN-ACK began; that is its business and not about the answer.
  if (reply.disposition === 'leaves-host' && !isError(first)) return []
  const { protocol } = first
  const label = protocol === 'tcp' ? 'TCP reset of the answer' : 'ICMP error about the answer'
  return [observeLone(known, predicted, refusal, label)]
}

/** Questions for names that the prediction has; each is asked once, by whatever port its program chose. */
function observeNames(known: Known, predicted: TraceReport): readonly SeenExchange[] {
  return observeForetold(
    known,
    predicted.exchanges.filter(({ protocol, main, label }) => protocol === 'dns' && !main && label.startsWith('DNS ')),
    [],
  )
}

/** docker-proxy's own connections: exchanges of the prediction after the main one that neither ask for neighbours nor answer. */
function observeProxied(known: Known, predicted: TraceReport, main: SeenExchange): readonly SeenExchange[] {
  const at = predicted.exchanges.findIndex((exchange) => exchange.main)
  const proxied = predicted.exchanges.slice(at + 1).filter((exchange) => {
    const asks = exchange.label.endsWith(' TCP SYN') || exchange.label.endsWith(' UDP')
    return asks && !isNeighborExchange(exchange)
  })
  return observeForetold(known, proxied, [main.question])
}

function observeForetold(
  known: Known,
  foretold: readonly Exchange[],
  taken: readonly SeenPacket[],
): readonly SeenExchange[] {
  const used = new Set(taken)
  return foretold.flatMap((predicted) => {
    const [hop] = predicted.forward.hops
    if (hop === undefined) return []
    const { sourcePort: _chosen, ...packet } = hop.packet
    const free = known.packets.filter((each) => !used.has(each))
    const question = findQuestion(known.places, free, { packet, netns: hop.netns })
    if (question === null) return []
    used.add(question)
    const { label, protocol } = predicted
    return [
      observeExchange(known, { question, label, protocol, main: false, predicted, sender: null, asker: hop.netns }),
    ]
  })
}

function observeRedirects(
  known: Known,
  predicted: TraceReport,
  { question, answer }: SeenExchange,
): readonly Exchange[] {
  const about = answer === null ? [question] : [question, answer]
  const redirects = about.flatMap((packet) => findRedirects(known.packets, packet))
  return redirects.map((redirect) => observeLone(known, predicted, redirect, 'ICMP redirect'))
}

/** A packet that nothing answers, for whoever has it. */
function observeLone(known: Known, predicted: TraceReport, packet: SeenPacket, label: string): Exchange {
  const foretold = predicted.exchanges.find((exchange) => exchange.label === label)?.forward ?? null
  const taken = { netns: packet.frames.at(-1)?.netns ?? null, heard: null }
  const forward = observeTrace({ packet, predicted: foretold, known: { ...known, answer: null, sender: null, taken } })
  const told = isRedirect(packet) ? endAsForetold(forward, foretold) : forward
  return { label, protocol: firstHeaders(packet)?.protocol ?? 'icmp', main: false, forward: told, reply: null }
}

/** Whether a kernel heeds advice cannot be seen: what became of it where it arrived is filled in from the prediction. */
function endAsForetold(trace: Trace, foretold: Trace | null): Trace {
  const last = trace.hops.at(-1)
  const step = foretold?.hops.at(-1)?.steps.at(-1)
  if (trace.disposition !== 'delivered' || last === undefined || foretold === null || step === undefined) return trace
  if (foretold.hops.at(-1)?.netns !== last.netns || last.device !== null) return trace
  const evidence: Evidence = { basis: 'prediction', note: 'Whether it is heeded cannot be seen.' }
  const hops = [...trace.hops.slice(0, -1), { ...last, steps: [...last.steps.slice(0, -1), { ...step, evidence }] }]
  const { disposition, reason } = foretold
  return { disposition, reason, hops }
}
