import { selectAddress } from '../forward/select-source.ts'
import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import type { Trace } from '../trace/trace-report.ts'
import { answerOnLink } from './answer-on-link.ts'
import { askOnLink, type LinkQuestion, type Reach } from './ask-on-link.ts'
import { addStep, closeLog, createLog, openHop } from './hop-log.ts'
import { makeSolicitation } from './make-solicitation.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import type { World } from './world.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'

/** Kinds of device of which it is not known who hears a broadcast. */
const UNMODELLED: readonly Interface['kind'][] = ['vxlan', 'tun', 'other']

/** Who answered: somebody, nobody, or perhaps somebody out of sight. */
export type ArpResult =
  | { readonly kind: 'answer'; readonly mac: string | null }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unknown'; readonly what: string }

/**
 * Asks who has an address on a device, by ARP or by IPv6 neighbour discovery, writes question and answer to the world as an
 * exchange, and returns who answers. What neighbours and bridges learn from it stays learned.
 */
export function exchangeArp(
  world: World,
  ns: PreparedNamespace,
  deviceName: string,
  target: string,
  about: Packet,
): ArpResult {
  const device = ns.index.interfaces.get(deviceName)
  if (device === undefined) return { kind: 'unknown', what: `device ${deviceName} of ${ns.netns.name} was not read` }
  if (device.peer === null && UNMODELLED.includes(device.kind))
    return {
      kind: 'unknown',
      what: `who is behind ${deviceName} of ${ns.netns.name}: ${device.kind} devices are not modelled`,
    }
  const log = createLog(world.host.evidence)
  const packet = about.family === 6 ? makeSolicitation(device, target, about) : makeQuestion(ns, device, target, about)
  if (packet === null) return { kind: 'silent' }
  openHop(log, ns.netns.name, null, 'stack', packet)
  const why = `${ns.netns.name} does not know the MAC of ${target} and asks everybody on ${deviceName}.`
  addStep(log, { kind: 'originate', packet, by: 'kernel', why })
  const question: LinkQuestion = { world, log, packet, target, unseen: [], heard: new Set() }
  const reached = askOnLink(question, ns, device)
  const result = judge(question, reached)
  return record(question, ns, deviceName, reached, result)
}

/** The sender's own address, where it has the one of the packet that waits (linux:net/ipv4/arp.c arp_solicit). */
function makeQuestion(ns: PreparedNamespace, device: Interface, target: string, about: Packet): Packet {
  const own = ns.index.addresses.has(about.src) ? about.src : null
  return {
    family: about.family,
    protocol: 'arp',
    src: own ?? selectAddress(ns.index, about.family, device.name, target, 'link') ?? '0.0.0.0',
    dst: target,
    arp: 'request',
    ttl: 0,
    length: 28,
    dontFragment: false,
    sourceMac: device.mac,
    destinationMac: BROADCAST,
  }
}

function judge(question: LinkQuestion, reached: Reach | null): ArpResult {
  if (reached !== null) return { kind: 'answer', mac: reached.device.mac }
  const { unseen, target } = question
  if (unseen.length === 0) return { kind: 'silent' }
  return { kind: 'unknown', what: `whether ${target} is behind ${unseen.join(', ')}, whose other end was not read` }
}

function record(
  question: LinkQuestion,
  ns: PreparedNamespace,
  device: string,
  reached: Reach | null,
  result: ArpResult,
): ArpResult {
  const { world, log, packet, target } = question
  const { protocol } = packet
  const label = `${protocol === 'arp' ? 'ARP' : 'ND'} ${target}`
  if (reached === null) {
    openHop(log, ns.netns.name, null, 'stack', packet)
    world.aside.push({ label, protocol, main: false, forward: giveUp(question, device, result), reply: null })
    return result
  }
  openHop(log, reached.ns.netns.name, null, 'stack', packet)
  const why = `${target} is an address of ${reached.ns.netns.name}.`
  addStep(log, { kind: 'deliver', to: 'kernel', socket: null, process: null, why })
  world.neighbors.set(`${reached.ns.netns.id} ${reached.device.name} ${packet.src}`, packet.sourceMac)
  const { hops, arrives } = answerOnLink(world, reached, packet, target)
  const reason = arrives ? `${target} is at ${reached.device.mac}.` : `A rule stops the answer that ${target} sends.`
  world.aside.push({
    label,
    protocol,
    main: false,
    forward: { disposition: 'delivered', reason: why, hops: closeLog(log) },
    reply: { disposition: arrives ? 'delivered' : 'dropped', reason, hops },
  })
  return arrives ? result : { kind: 'silent' }
}

function giveUp(question: LinkQuestion, device: string, result: ArpResult): Trace {
  const { log, target } = question
  if (result.kind === 'unknown') {
    addStep(log, { kind: 'unknown', what: result.what, why: 'Nobody in sight answers, but not everybody is in sight.' })
    return { disposition: 'cannot-tell', reason: `Cannot tell ${result.what}.`, hops: closeLog(log) }
  }
  const why = `Nobody on ${device} has ${target}; after three questions, a second apart, the kernel gives up.`
  addStep(log, { kind: 'neighbor', address: target, device, mac: null, state: 'failed', why })
  return { disposition: 'neighbor-unreachable', reason: why, hops: closeLog(log) }
}
