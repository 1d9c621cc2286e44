import { isNeighborExchange } from '../../src/core/trace/is-neighbor-exchange.ts'
import type { Exchange, Frame, Hop, TraceReport } from '../../src/core/trace/trace-report.ts'
import { expectedOutcome } from './expected-outcome.ts'
import { inPortOrder } from './order-copies.ts'
import { inTurn } from './order-fragments.ts'
import type { Outcome, Truth, TruthFrame, TruthRule } from './truth.ts'
import { showRule } from './truth.ts'

/** What the comparison knows beyond the report. */
export interface Expecting {
  /**
   * The machines outside that answer; others are silent. What they do is assumed by a report, since it is not part of the
   * host state. Without a list all of them answer.
   */
  readonly answering?: readonly string[]
  /** Whether to count in what IPv6 asks neighbours, which passes rules as the probe does. */
  readonly discovery?: boolean
}

/** A conversation as it lies in time: docker-proxy asks on before it answers, and an answer may be refused after that. */
interface Conversation {
  readonly own: Exchange
  /** docker-proxy's. */
  readonly within: Conversation | null
  /** What answers a refused answer. */
  readonly refusal: Exchange | null
}

/** Takes the flat list of a report apart: the main exchange, docker-proxy's with all of its own, the refusal of the answer. */
function readConversation([own, ...rest]: readonly Exchange[]): Conversation | null {
  if (own === undefined) return null
  const last = rest.at(-1)
  const arrives = own.reply === null || own.reply.disposition === 'delivered' || own.reply.disposition === 'leaves-host'
  const refused = last !== undefined && isRefusal(last) && (!arrives || isFromOutside(last))
  const refusal = refused ? last : null
  return { own, within: readConversation(refusal === null ? rest : rest.slice(0, -1)), refusal }
}

/** Sent while the packet goes on: its place among the frames is compared on its own. */
const isRedirect = ({ label }: Exchange): boolean => label === 'ICMP redirect'

/** A machine outside has the answer, and did not ask for it. */
const isFromOutside = ({ forward }: Exchange): boolean => forward.hops[0]?.kind === 'external'

const isRefusal = ({ label }: Exchange): boolean => label.endsWith('the answer')

/** ARP and DNS come before the probe and are not part of it, unless a lost question is all that is ever sent. */
function probeExchanges({ exchanges }: TraceReport): readonly Exchange[] {
  const main = exchanges.findIndex((exchange) => exchange.main)
  if (main === -1) throw new Error('the report has no main exchange')
  return exchanges.slice(main).filter((each) => each.main || (!isNeighborExchange(each) && each.protocol !== 'dns'))
}

/** A lone SYN never reaches the program that accepts, so that docker-proxy does not call on. */
const callsOn = ({ flow }: TraceReport): boolean => flow.protocol === 'udp'

/** Reduces a prediction to what a probe can show: what its sender will see, the frames, and the rules that match. */
export function expectedTruth(report: TraceReport, expecting: Expecting = {}): Truth {
  const all = probeExchanges(report).map((exchange) => withoutAssumed(exchange, expecting))
  const exchanges = all.filter((exchange) => !isRedirect(exchange))
  const redirects = all.filter(isRedirect).flatMap(({ forward }) => forward.hops)
  const conversation = readConversation(exchanges)
  if (conversation === null) throw new Error('the report has no main exchange')
  const { own, within, refusal } = conversation
  const proxied = within === null || !callsOn(report) ? [] : hopsInTime(within)
  const hops = [
    ...(expecting.discovery === true ? discoveries(report).flatMap(discoveryHops) : []),
    ...inPortOrder(own.forward),
    ...proxied,
    ...inPortOrder(own.reply),
    ...inPortOrder(refusal?.forward ?? null),
    ...redirects,
  ]
  const frames = inTurn(hops, (hop) =>
    framesOf(hop).map((frame) => (proxied.includes(hop) ? hidePort(frame, report.flow.sourcePort) : frame)),
  )
  const outcome = report.disposition === 'cannot-tell' ? 'cannot-tell' : expectedOutcome(own)
  return { outcome, frames, rules: countRules(hops) }
}

const discoveries = ({ exchanges }: TraceReport): readonly Exchange[] =>
  exchanges.filter((exchange) => isNeighborExchange(exchange) && exchange.protocol === 'icmpv6')

/** The addresses for which neighbour discovery asks before the probe can go on. */
export const askedNeighbors = (report: TraceReport): readonly string[] =>
  discoveries(report).map(({ label }) => label.replace('ND ', ''))

/** Whether the kernel asks for a neighbour with questions that no tap shows, since OUTPUT refuses them: it asks all the same. */
export const asksUnseen = (report: TraceReport): boolean =>
  discoveries(report).some(
    ({ forward, reply }) => reply === null && forward.hops.every(({ frames }) => frames.length === 0),
  )

/** How often the kernel asks before it gives up (net.ipv6.neigh.default.mcast_solicit). */
const MOST_QUESTIONS = 3

/** A report shows a question once, where the kernel repeats it as long as nobody answers. */
function discoveryHops({ forward, reply }: Exchange): readonly Hop[] {
  return reply === null
    ? Array.from({ length: MOST_QUESTIONS }, () => inPortOrder(forward)).flat()
    : [...inPortOrder(forward), ...inPortOrder(reply)]
}

function hopsInTime({ own, within, refusal }: Conversation): readonly Hop[] {
  return [
    ...inPortOrder(own.forward),
    ...(within === null ? [] : hopsInTime(within)),
    ...inPortOrder(own.reply),
    ...inPortOrder(refusal?.forward ?? null),
  ]
}

function withoutAssumed(exchange: Exchange, { answering }: Expecting): Exchange {
  const first = exchange.reply?.hops[0]
  const assumed = first?.kind === 'external' && exchange.forward.hops[0]?.kind !== 'external'
  return assumed && answering?.includes(first.packet.src) === false ? { ...exchange, reply: null } : exchange
}

function framesOf(hop: Hop): TruthFrame[] {
  const { device } = hop
  if (device === null) return []
  return hop.frames.map((frame) => reduceFrame(hop.netns, device, frame))
}

/** The kernel chooses the source port of docker-proxy's own connection; it is compared as "some port", 0. */
function hidePort(frame: TruthFrame, id: number | undefined): TruthFrame {
  const hide = (port: number | null): number | null => (port === id ? 0 : port)
  return { ...frame, sourcePort: hide(frame.sourcePort), destinationPort: hide(frame.destinationPort) }
}

function reduceFrame(netns: string, device: string, frame: Frame): TruthFrame {
  const { direction, protocol, src, dst, ttl, icmp } = frame
  return {
    netns,
    device,
    direction,
    protocol,
    src,
    dst,
    sourcePort: frame.sourcePort ?? null,
    destinationPort: frame.destinationPort ?? null,
    icmp: icmp === undefined ? null : showIcmp(icmp.type, icmp.code, icmp.id),
    ttl,
  }
}

/** `8/0 id 4711`, or `3/1` for an error. */
export function showIcmp(type: number, code: number, id: number | undefined): string {
  return id === undefined ? `${type}/${code}` : `${type}/${code} id ${id}`
}

function countRules(hops: readonly Hop[]): TruthRule[] {
  const counted = new Map<string, TruthRule>()
  for (const hop of hops) {
    for (const step of hop.steps) {
      if (step.kind !== 'rule' || (step.family !== 'ip' && step.family !== 'ip6')) continue
      const { family, table, chain, rule } = step
      const seen: TruthRule = { netns: hop.netns, family, table, chain, rule, times: 1 }
      const known = counted.get(showRule(seen))
      counted.set(showRule(seen), known === undefined ? seen : { ...known, times: known.times + 1 })
    }
  }
  return [...counted.values()]
}

/**
 * What a program sees that connects and sends a request: as the lone SYN, except where docker-proxy accepts before it
 * knows whether anybody is behind it.
 */
export function expectedConnection(report: TraceReport, expecting: Expecting = {}): Outcome {
  const lone = expectedTruth(report, expecting).outcome
  const proxied = proxiedExchanges(report).at(-1)
  if (lone !== 'reply' || proxied === undefined) return lone
  const last = withoutAssumed(proxied, expecting)
  const first = last.reply?.hops[0]?.steps[0]
  if (last.reply === null || last.reply.disposition !== 'delivered')
    return last.forward.disposition === 'no-route' ? 'reset' : 'connected'
  const accepted = first?.kind === 'originate' && first.packet.tcpFlags?.includes('syn') === true
  return accepted ? 'reply' : 'reset'
}

/** docker-proxy's own connections, after the main one. */
export function proxiedExchanges(report: TraceReport): readonly Exchange[] {
  return probeExchanges(report).filter((exchange) => !exchange.main && !isRefusal(exchange) && !isRedirect(exchange))
}
