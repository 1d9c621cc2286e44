import type { HostState } from '../../core/host/host-state.ts'
import type { NetNamespace } from '../../core/host/namespace.ts'
import { isNeighborExchange } from '../../core/trace/is-neighbor-exchange.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import { allHops, listPlaces, mainPacket, type Place } from './list-places.ts'
import { type ForeignMarks, foreignFilter, foreignMatches } from './match-foreign.ts'
import { captureFilter, traceMatches } from './match-probe.ts'
import { marksOfQuestion, type NameQuestion, planQuestions, wordOfQuestion } from './plan-questions.ts'
import type { ProbeIdentity } from './probe-identity.ts'
import type { Companion, ProbeMarks, SentKind } from './probe-marks.ts'
import { traceTable } from './trace-table.ts'
import type { Check, SendPlan, WatchPlan } from './watch-plan.ts'

/** A probe of our own, as it was decided. */
export interface OwnProbe {
  readonly kind: SentKind
  readonly identity: ProbeIdentity
  /** The sender's namespace. */
  readonly sender: NetNamespace
  /** The address that the flow names as its source; null leaves it to the kernel. */
  readonly from: string | null
  /** What a name server is asked for. */
  readonly name: string | null
}

/** A watch, and the namespaces that cannot be part of it. */
export interface PlannedWatch {
  readonly plan: WatchPlan
  readonly unreachable: readonly NetNamespace[]
}

/** How long nothing may move before an answer is given up, in milliseconds: a neighbour is asked once a second. */
const IDLE = 1200
/** The same where nothing is expected to come. */
const IDLE_WITHOUT_ANSWER = 600
/** How long after an answer its last copies may be under way. */
const SETTLE = 40
/** How long after the first packet of somebody else's the rest of its conversation is watched. */
const FOREIGN_IDLE = 400

/** Plans the watch of a probe of our own; `report` is the prediction for exactly this probe. */
export function planProbe(state: HostState, report: TraceReport, probe: OwnProbe, limit: number): PlannedWatch {
  const packet = mainPacket(report)
  const marks: ProbeMarks = {
    kind: probe.kind,
    family: packet.family,
    identity: probe.identity,
    sourcePort: packet.icmp?.id ?? packet.sourcePort ?? 0,
    length: packet.length,
    companions: probe.kind === 'connect' || probe.kind === 'http' ? findCompanions(report) : [],
    neighbors: findNeighbors(report),
  }
  const places = listPlaces(state, report)
  const sender = places.find(({ netns }) => netns.id === probe.sender.id)
  const questions = planQuestions(state, report, probe.sender.name)
  const send = planSend(report, probe, { pid: sender?.pid ?? 0, limit, questions })
  const expectsAnswer = report.exchanges.some(({ main, reply }) => main && reply !== null)
  const idle = expectsAnswer || asksNeighbor(report) ? IDLE : IDLE_WITHOUT_ANSWER
  const words = wordsOf(marks, report, questions)
  return assemble(report, places, { id: probe.identity.cookie, limit, idle, send, ...words })
}

/**
 * docker-proxy may ask on in the other version of IP: what it sends has the probe's cookie, or is a companion. What is asked
 * before the probe is watched as the probe is.
 */
function wordsOf(
  marks: ProbeMarks,
  { exchanges }: TraceReport,
  questions: readonly NameQuestion[],
): Pick<Parts, 'filter' | 'matches'> {
  const before = new Set(questions.map(({ server }) => server))
  const families = new Set([
    marks.family,
    ...exchanges.flatMap(({ forward }) => {
      const packet = forward.hops[0]?.packet
      return packet === undefined || before.has(packet.dst) ? [] : [packet.family]
    }),
  ])
  const own = [...families].map((family): ProbeMarks => {
    const companions = marks.companions.filter(({ address }) => address.includes(':') === (family === 6))
    return { ...marks, family, companions, neighbors: family === 6 ? marks.neighbors : [] }
  })
  const each = [...own, ...questions.map((question) => marksOfQuestion(question, marks))]
  return { filter: each.map(captureFilter).join(' or '), matches: each.flatMap(traceMatches) }
}

/** Plans the watch for a packet of somebody else's to where the flow goes. */
export function planForeign(
  state: HostState,
  report: TraceReport,
  options: { readonly id: string; readonly from: string | null; readonly limit: number },
): PlannedWatch {
  const marks = foreignMarks(report, options.from)
  const words = { filter: foreignFilter(marks), matches: foreignMatches(marks) }
  const { id, limit } = options
  return assemble(report, listPlaces(state, report), { id, limit, idle: FOREIGN_IDLE, send: null, ...words })
}

/** Returns what a packet from outside is waited for by: the flow's own destination and what translation makes of it. */
export function foreignMarks(report: TraceReport, from: string | null): ForeignMarks {
  const { family, protocol } = mainPacket(report)
  const main = report.exchanges.find((exchange) => exchange.main)
  const places = new Map<string, { readonly address: string; readonly port: number }>()
  for (const { packet } of main?.forward.hops ?? []) {
    const port = packet.destinationPort ?? 0
    places.set(`${packet.dst} ${port}`, { address: packet.dst, port })
  }
  const kind = protocol === 'tcp' || protocol === 'udp' ? protocol : 'icmp'
  return { family, protocol: kind, from, places: [...places.values()] }
}

interface Parts {
  readonly id: string
  readonly limit: number
  readonly idle: number
  readonly send: SendPlan | null
  readonly filter: string
  readonly matches: readonly string[]
}

function assemble(report: TraceReport, places: readonly Place[], parts: Parts): PlannedWatch {
  const { id, limit, idle, send, filter, matches } = parts
  const rules = traceTable(id, matches)
  const namespaces = places.flatMap(({ netns, pid }) =>
    pid === null ? [] : [{ netns: netns.name, inode: netns.id, pid, filter, rules, checks: checksOf(netns) }],
  )
  const lengths = allHops(report).flatMap(({ packet, frames }) => [packet.length, ...frames.map((one) => one.length)])
  return {
    plan: { id, limit, idle, settle: SETTLE, lengths: [...new Set(lengths)], namespaces, send },
    unreachable: places.flatMap(({ netns, pid }) => (pid === null ? [netns] : [])),
  }
}

/** Listings are wanted where there are rules, or where it is not known. */
function checksOf({ rulesets }: NetNamespace): readonly Check[] {
  const checks: Check[] = []
  const { nft, iptables } = rulesets
  if (nft === null || nft.length > 0 || iptables === null || iptables.some(({ backend }) => backend === 'nft'))
    checks.push('nft')
  for (const family of ['ip', 'ip6'] as const) {
    if (iptables === null || iptables.some((table) => table.family === family && table.backend === 'nft'))
      checks.push(family)
    if (iptables?.some((table) => table.family === family && table.backend === 'legacy') === true)
      checks.push(`legacy-${family}`)
  }
  return checks
}

/** Somebody who asks anew on the probe's behalf, docker-proxy for one: where to. */
function findCompanions(report: TraceReport): readonly Companion[] {
  return report.exchanges.flatMap(({ main, protocol, forward }) => {
    const packet = forward.hops[0]?.packet
    if (main || protocol !== 'tcp' || packet?.destinationPort === undefined) return []
    return [{ address: packet.dst, port: packet.destinationPort }]
  })
}

/** Whom the prediction has some kernel ask for by neighbour discovery; ARP is judged by no rule of these. */
function findNeighbors({ exchanges }: TraceReport): readonly string[] {
  const asks = exchanges.filter((exchange) => exchange.protocol === 'icmpv6' && isNeighborExchange(exchange))
  return [...new Set(asks.map(({ label }) => label.replace(/^ND /, '')))]
}

function asksNeighbor(report: TraceReport): boolean {
  return report.exchanges.some(({ protocol }) => protocol === 'arp' || protocol === 'icmpv6')
}

interface Sending {
  readonly pid: number
  readonly limit: number
  readonly questions: readonly NameQuestion[]
}

function planSend(report: TraceReport, probe: OwnProbe, { pid, limit, questions }: Sending): SendPlan {
  const { dst, icmp, sourcePort, destinationPort, ttl, length, dontFragment } = mainPacket(report)
  const { kind, identity, from, name, sender } = probe
  const words = {
    kind,
    to: dst,
    ...(from === null ? {} : { from }),
    sport: icmp?.id ?? sourcePort ?? 0,
    dport: destinationPort ?? 0,
    ttl,
    length,
    df: dontFragment ? 1 : 0,
    id: identity.ipId,
    seq: identity.sequence,
    isn: identity.isn,
    cookie: identity.cookie,
    ...(name === null ? {} : { name }),
    limit,
  }
  const asked = questions.map(wordOfQuestion)
  return { pid, inode: sender.id, words: [...Object.entries(words).map(([key, value]) => `${key}=${value}`), ...asked] }
}
