import { isLinkLocal } from '../net/address.ts'
import type { Packet } from '../net/packet.ts'
import type { Evidence } from '../trace/evidence.ts'
import type { Exchange, Trace } from '../trace/trace-report.ts'
import { chooseSource, mtuTowards } from './choose-source.ts'
import { enterHost } from './enter-host.ts'
import { addStep, closeLog, createLog, openHop } from './hop-log.ts'
import { makeQuestion } from './make-question.ts'
import { type Answer, type Ending, end, type Expectation, type Journey, type Place, type ProxyCall } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { walkPacket } from './walk-packet.ts'
import type { World } from './world.ts'

/** Who sends the first packet: a program in a namespace, or a machine outside whose frame comes in on a NIC. */
export type Sender =
  | {
      readonly kind: 'inside'
      readonly ns: PreparedNamespace
      readonly bound: boolean
      readonly by: string
      /** The device of a link-local end. */
      readonly link?: string
    }
  | {
      readonly kind: 'outside'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly by: string
      /** The VLAN that its frames are in. */
      readonly tag?: number
    }

/** One question to ask. */
export interface Question {
  readonly sender: Sender
  readonly packet: Packet
  readonly label: string
  readonly protocol: Exchange['protocol']
  readonly main: boolean
  readonly why: string
}

const ASSUMED: Evidence = { basis: 'assumed', note: 'machines outside are not part of the host state' }

/** docker-proxy calling docker-proxy: the kernel lets it go on for ever, a trace does not. */
const MOST_PROXIES = 4

/**
 * Asks one question and follows it and its answer to their ends. Returns the exchanges in order: the ARP that had to come
 * first, the question itself, then docker-proxy's own connection where it took the first one.
 */
export function converse(world: World, question: Question, depth = 0): readonly Exchange[] {
  const { sender, label, protocol, main } = question
  const chooses = sender.kind === 'inside' && !sender.bound
  const packet = chooses ? chooseSource(sender.ns, question.packet, sender.link ?? null) : question.packet
  const asked = walkQuestion(world, { ...question, packet })
  const told = sendRedirects(world, expectation(sender, packet), sender)
  const before = world.aside.splice(0)
  const proxy = depth < MOST_PROXIES ? asked.ending.proxy : null
  const early = proxy !== null && packet.protocol === 'udp' ? askProxied(world, proxy, packet, depth) : null
  const answer = early === null || hasAnswer(early, proxy) ? asked.ending.answer : null
  const answered =
    answer === null ? null : walkAnswer(world, answer, expectation(sender, packet), { sender, about: asked.trace })
  const own: Exchange = { label, protocol, main, forward: asked.trace, reply: answered?.trace ?? null }
  before.push(...world.aside.splice(0))
  const after = answer === null || answered === null ? [] : refuseAnswer(world, answer, answered, sender)
  after.push(...told)
  if (proxy === null) return [...before, own, ...after]
  const behind = early ?? askProxied(world, proxy, packet, depth)
  return [...before, judgeProxied(own, behind, proxy), ...behind, ...after]
}

function ownConnection(behind: readonly Exchange[], proxy: ProxyCall | null): Exchange | undefined {
  return behind.find((exchange) => exchange.label.startsWith(proxy?.process ?? ''))
}

/** docker-proxy hands a datagram's answer on when it has one; errors it keeps to itself. */
function hasAnswer(behind: readonly Exchange[], proxy: ProxyCall | null): boolean {
  const second = ownConnection(behind, proxy)
  const { disposition } = second?.forward ?? {}
  return (disposition === 'delivered' || disposition === 'leaves-host') && second?.reply?.disposition === 'delivered'
}

/** An answer that is refused on its way, with a reset or an ICMP error, is itself answered: an exchange of its own. */
function refuseAnswer(world: World, answer: Answer, answered: Walked, sender: Sender): Exchange[] {
  const refusal = answered.ending.answer
  const sent = answered.trace.hops[0]?.packet
  if (sent === undefined) return []
  const namespace = answer.kind === 'outside' ? null : answer.ns.netns.id
  const by = answer.kind === 'local' ? answer.by : 'external'
  const told = sendRedirects(world, { namespace, sent, by }, sender)
  if (refusal === null) return told
  const { trace } = walkAnswer(world, refusal, { namespace, sent, by }, { sender, about: answered.trace })
  const { protocol } = refusal.skb.packet
  const label = protocol === 'tcp' ? 'TCP reset of the answer' : 'ICMP error about the answer'
  return [...world.aside.splice(0), { label, protocol, main: false, forward: trace, reply: null }, ...told]
}

/** Sends the redirects that a packet's forwarding gave rise to, each an exchange of its own. */
function sendRedirects(world: World, expected: Expectation, sender: Sender): Exchange[] {
  return world.redirects.splice(0).map((redirect) => {
    const { trace } = walkAnswer(world, redirect, expected, { sender, about: null })
    const { protocol } = redirect.skb.packet
    return { label: 'ICMP redirect', protocol, main: false, forward: trace, reply: null }
  })
}

function expectation(sender: Sender, sent: Packet): Expectation {
  return { namespace: sender.kind === 'inside' ? sender.ns.netns.id : null, sent, by: sender.by }
}

function walkQuestion(world: World, question: Question): Walked {
  const { sender, packet } = question
  const journey = startJourney(world, null, sender)
  const skb = { packet, mark: 0, conntrack: null }
  if (sender.kind === 'outside') {
    openHop(journey.log, 'external', null, 'external', packet)
    addStep(journey.log, { kind: 'originate', packet, by: sender.by, evidence: ASSUMED, why: question.why })
    return finish(journey, enterHost(journey, sender, skb))
  }
  openHop(journey.log, sender.ns.netns.name, null, 'stack', packet)
  addStep(journey.log, { kind: 'originate', packet, by: sender.by, why: question.why })
  return finish(journey, { at: 'send', ns: sender.ns, skb, bound: sender.bound, link: sender.link ?? null })
}

/** Who asked first, and the way of the packet that is answered; null where that is no matter. */
interface Asked {
  readonly sender: Sender
  readonly about: Trace | null
}

function walkAnswer(world: World, answer: Answer, expected: Expectation, { sender, about }: Asked): Walked {
  const journey = startJourney(world, expected, sender)
  const { log } = journey
  const { ns, why } = answer
  if (answer.kind === 'outside') {
    const { packet } = answer.skb
    openHop(log, 'external', null, 'external', packet)
    addStep(log, { kind: 'originate', packet, by: 'external', evidence: ASSUMED, why })
    return finish(journey, enterHost(journey, answer, answer.skb))
  }
  if (answer.kind === 'inject') {
    openHop(log, ns.netns.name, null, 'stack', answer.skb.packet)
    addStep(log, { kind: 'originate', packet: answer.skb.packet, by: 'kernel', why })
    return finish(journey, { at: 'transmit', ns, device: answer.device, skb: answer.skb })
  }
  const link = linkBack(ns, answer.skb.packet, about)
  const packet = answer.bound ? answer.skb.packet : chooseSource(ns, answer.skb.packet, link)
  openHop(log, ns.netns.name, null, 'stack', packet)
  const step = { kind: 'originate', packet, by: answer.by, why } as const
  addStep(log, answer.assumed ? { ...step, evidence: { ...ASSUMED, note: 'an application’s answer' } } : step)
  return finish(journey, { at: 'send', ns, skb: { ...answer.skb, packet }, bound: answer.bound, link })
}

/** What goes back to a link-local address leaves by the device that it came in by (linux:net/ipv6/icmp.c icmp6_iif). */
function linkBack(ns: PreparedNamespace, { dst }: Packet, about: Trace | null): string | null {
  if (!isLinkLocal(dst)) return null
  return about?.hops.findLast(({ netns, device }) => netns === ns.netns.name && device !== null)?.device ?? null
}

interface Walked {
  readonly trace: Trace
  readonly ending: Ending
}

function startJourney(world: World, expected: Expectation | null, sender: Sender): Journey {
  const entry = sender.kind === 'outside' ? `${sender.ns.netns.id} ${sender.device}` : null
  return { world, log: createLog(world.host.evidence), expected, entry }
}

/**
 * Of an IPv6 packet in pieces that somebody on the way refuses each piece is refused by itself, the later ones as well, of which
 * IPv4 says nothing (linux:net/ipv4/icmp.c icmp_send): that is not followed.
 */
function answeredOnce({ log }: Journey, ending: Ending): Ending {
  const packet = ending.answer?.skb.packet
  const { cut } = log
  if (cut === null || packet?.family !== 6 || (packet.quoted?.length ?? 0) <= cut) return ending
  const what = 'what is told about each fragment of a packet that is refused in pieces'
  addStep(log, { kind: 'unknown', what, why: ending.reason })
  return end('cannot-tell', `Cannot tell: ${what}. ${ending.reason}`)
}

function finish(journey: Journey, start: Place): Walked {
  const ending = answeredOnce(journey, walkPacket(journey, start))
  const { disposition, reason } = ending
  return { trace: { disposition, reason, hops: closeLog(journey.log) }, ending }
}

function askProxied(world: World, proxy: ProxyCall, asked: Packet, depth: number): readonly Exchange[] {
  const protocol = asked.protocol === 'udp' ? 'udp' : 'tcp'
  const packet = makeQuestion(proxy.ns.netns, {
    protocol,
    src: null,
    dst: proxy.address,
    sourcePort: asked.sourcePort ?? 0,
    destinationPort: proxy.port,
    ...(protocol === 'udp' ? passOn(proxy, asked) : {}),
  })
  const name = protocol === 'tcp' ? 'TCP SYN' : 'UDP'
  return converse(
    world,
    {
      sender: { kind: 'inside', ns: proxy.ns, bound: false, by: proxy.process },
      packet,
      label: `${proxy.process} ${name}`,
      protocol,
      main: false,
      why: `${proxy.process} opens a connection of its own to ${proxy.address}:${proxy.port}.`,
    },
    depth + 1,
  )
}

/** A datagram is handed on as long as it was. Like any program's, it is fragmented where it does not fit, and else may not be. */
function passOn(proxy: ProxyCall, asked: Packet): { readonly length: number; readonly dontFragment: boolean } {
  const length = asked.length - IP_HEADER[asked.family] + IP_HEADER[proxy.address.includes(':') ? 6 : 4]
  return { length, dontFragment: length <= mtuTowards(proxy.ns, proxy.address) }
}

const IP_HEADER = { 4: 20, 6: 40 } as const

/** What the client gets through docker-proxy is decided behind it: accepted at once, then reset when nobody is there. */
function judgeProxied(own: Exchange, behind: readonly Exchange[], proxy: ProxyCall): Exchange {
  const second = ownConnection(behind, proxy)
  if (second === undefined || second.forward.disposition === 'delivered') return own
  const { disposition, reason } = second.forward
  if (own.protocol === 'udp') {
    const told = `${proxy.process} takes the datagram and hands it on, in vain: ${reason}`
    return { ...own, forward: { ...own.forward, disposition, reason: told } }
  }
  const after =
    disposition === 'nothing-listening' || disposition === 'no-route' ? 'is then reset' : 'then hears nothing'
  const told = `The client connects to ${proxy.process} and ${after}: behind it, ${reason}`
  return { ...own, forward: { ...own.forward, disposition, reason: told } }
}
