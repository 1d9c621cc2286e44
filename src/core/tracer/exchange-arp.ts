import { isGroupMac } from '../forward/forward-bridge.ts'
import { readMaxConf } from '../forward/read-sysctl.ts'
import { selectAddress } from '../forward/select-source.ts'
import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import type { Hop } from '../trace/trace-report.ts'
import { addFrame, addStep, closeLog, createLog, type HopLog, openDevice, openHop } from './hop-log.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { learnedFdb, type World } from './world.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
/** A copy to each port is shown on bridges with at most this many ports; on larger ones only the way that matters is. */
const MOST_COPIES = 32

/** One stop on the way from the asker to the one that answers, to be walked back by the answer. */
interface Stop {
  readonly ns: PreparedNamespace
  readonly device: Interface
  /** How the question passed: `null` for a bridge that only forwarded it. */
  readonly direction: 'in' | 'out' | null
}

interface Question {
  readonly world: World
  readonly log: HopLog
  readonly packet: Packet
  readonly target: string
}

/** A place where the question may be answered, and the stops on the way to it. */
interface Reach {
  readonly ns: PreparedNamespace
  readonly device: Interface
  readonly stops: readonly Stop[]
}

/**
 * Asks who has an address on a device, writes question and answer to the world as an exchange, and returns the MAC of the
 * one that answers or null. What neighbours and bridges learn from it stays learned. IPv6 neighbour discovery is asked
 * the same way without being shown (a warning says so).
 */
export function exchangeArp(
  world: World,
  ns: PreparedNamespace,
  deviceName: string,
  target: string,
  about: Packet,
): string | null {
  const device = ns.index.interfaces.get(deviceName)
  if (device === undefined) return null
  const log = createLog(world.host.evidence)
  const packet = makeQuestion(ns, device, target, about)
  openHop(log, ns.netns.name, null, 'stack', packet)
  const why = `${ns.netns.name} does not know the MAC of ${target} and asks everybody on ${deviceName}.`
  addStep(log, { kind: 'originate', packet, by: 'kernel', why })
  const reached = ask({ world, log, packet, target }, ns, device)
  if (about.family === 6) {
    world.warnings.add('IPv6 neighbour discovery is worked out but not shown as packets.')
    return reached?.device.mac ?? null
  }
  record(world, ns, deviceName, target, packet, log, reached)
  return reached?.device.mac ?? null
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

function ask(question: Question, ns: PreparedNamespace, device: Interface): Reach | null {
  const { log, packet } = question
  openDevice(log, ns.netns.name, device, packet)
  addFrame(log, 'out', packet)
  addStep(log, { kind: 'exit', device: device.name, why: `The question goes out on ${device.name}.` })
  const stops: Stop[] = [{ ns, device, direction: 'out' }]
  if (device.kind === 'bridge') return askPorts(question, ns, device, null, stops)
  return cross(question, device, stops)
}

function cross(question: Question, device: Interface, stops: readonly Stop[]): Reach | null {
  const far = farEnd(question.world, device)
  if (far === null || !far.device.up) return null
  const { log, packet } = question
  openDevice(log, far.ns.netns.name, far.device, packet)
  addFrame(log, 'in', packet)
  addStep(log, {
    kind: 'enter',
    device: far.device.name,
    why: `The question reaches ${far.device.name} of ${far.ns.netns.name}.`,
  })
  const here: readonly Stop[] = [...stops, { ns: far.ns, device: far.device, direction: 'in' }]
  const master = far.device.master === null ? undefined : far.ns.index.interfaces.get(far.device.master)
  if (master?.kind === 'bridge') return askBridge(question, far.ns, master, far.device, here)
  if (!answersFor(far.ns, far.device, question.target)) {
    addStep(log, {
      kind: 'drop',
      reason: 'NOT_ASKED',
      why: `${question.target} is not an address of ${far.ns.netns.name}.`,
    })
    return null
  }
  return { ns: far.ns, device: far.device, stops: here }
}

function farEnd(world: World, device: Interface): { ns: PreparedNamespace; device: Interface } | null {
  if (device.peer === null) return null
  const ns = world.host.namespace(device.peer.namespace)
  const far = ns?.index.interfaces.get(device.peer.device)
  return ns === null || far === undefined ? null : { ns, device: far }
}

/** Broadcasts go to every other port and up to the host itself. */
function askBridge(
  question: Question,
  ns: PreparedNamespace,
  bridge: Interface,
  port: Interface,
  stops: readonly Stop[],
): Reach | null {
  const { packet, log, world } = question
  if (packet.sourceMac !== null && !isGroupMac(packet.sourceMac))
    learnedFdb(world, ns).set(`${bridge.name} ${packet.sourceMac}`, port.name)
  const own = answersFor(ns, bridge, question.target)
  const behind = askPorts(question, ns, bridge, port, [...stops, { ns, device: bridge, direction: null }], own)
  openDevice(log, ns.netns.name, bridge, packet)
  addFrame(log, 'in', packet)
  const why = own
    ? `${question.target} is the host's own address.`
    : `The host has the question, too, but not ${question.target}.`
  addStep(log, { kind: 'bridge', bridge: bridge.name, decision: 'local', ports: [], why })
  return own ? { ns, device: bridge, stops: [...stops, { ns, device: bridge, direction: 'in' }] } : behind
}

function askPorts(
  question: Question,
  ns: PreparedNamespace,
  bridge: Interface,
  from: Interface | null,
  stops: readonly Stop[],
  answered = false,
): Reach | null {
  const all = (ns.index.ports.get(bridge.name) ?? []).filter((port) => mayAsk(port, from))
  const target = answered ? undefined : all.find((port) => leadsTo(question, port))
  const shown = all.length > MOST_COPIES ? all.filter((port) => port === target) : all
  const { log, packet } = question
  openDevice(log, ns.netns.name, bridge, packet)
  const names = all.map((port) => port.name)
  const why = `${bridge.name} hands a broadcast to every port${shown.length < all.length ? ` (${all.length - shown.length} of them are not shown)` : ''}.`
  addStep(log, { kind: 'bridge', bridge: bridge.name, decision: 'flood', ports: names, why })
  let reached: Reach | null = null
  for (const port of [...shown.filter((each) => each !== target), ...(target === undefined ? [] : [target])]) {
    openDevice(log, ns.netns.name, port, packet)
    addFrame(log, 'out', packet)
    addStep(log, { kind: 'exit', device: port.name, why: 'One copy of the question.' })
    reached = cross(question, port, [...stops, { ns, device: port, direction: 'out' }]) ?? reached
  }
  return reached
}

function mayAsk(port: Interface, from: Interface | null): boolean {
  if (!port.up || (port.port !== undefined && port.port.state !== 'forwarding')) return false
  if (from === null) return true
  if (port.name === from.name) return port.port?.hairpin === true
  return !(port.port?.isolated === true && from.port?.isolated === true)
}

function leadsTo(question: Question, port: Interface): boolean {
  const far = farEnd(question.world, port)
  return far?.device.up === true && answersFor(far.ns, far.device, question.target)
}

/** Any of a namespace's addresses is answered on any of its devices, unless arp_ignore says otherwise. */
function answersFor(ns: PreparedNamespace, device: Interface, target: string): boolean {
  const owner = ns.index.addresses.get(target)
  if (owner === undefined) return false
  return (
    readMaxConf(ns.netns, device.name, 'arp_ignore') === 0 || device.addresses.some((entry) => entry.address === target)
  )
}

function record(
  world: World,
  ns: PreparedNamespace,
  deviceName: string,
  target: string,
  packet: Packet,
  log: HopLog,
  reached: Reach | null,
): void {
  const label = `ARP ${target}`
  if (reached === null) {
    openHop(log, ns.netns.name, null, 'stack', packet)
    const why = `Nobody on ${deviceName} has ${target}; after three questions, a second apart, the kernel gives up.`
    addStep(log, { kind: 'neighbor', address: target, device: deviceName, mac: null, state: 'failed', why })
    const forward = { disposition: 'neighbor-unreachable', reason: why, hops: closeLog(log) } as const
    world.aside.push({ label, protocol: 'arp', main: false, forward, reply: null })
    return
  }
  openHop(log, reached.ns.netns.name, null, 'stack', packet)
  const why = `${target} is an address of ${reached.ns.netns.name}.`
  addStep(log, { kind: 'deliver', to: 'kernel', socket: null, process: null, why })
  world.neighbors.set(`${reached.ns.netns.id} ${reached.device.name} ${packet.src}`, packet.sourceMac)
  const forward = { disposition: 'delivered', reason: why, hops: closeLog(log) } as const
  const reply = {
    disposition: 'delivered',
    reason: `${target} is at ${reached.device.mac}.`,
    hops: answerBack(world, reached, packet),
  } as const
  world.aside.push({ label, protocol: 'arp', main: false, forward, reply })
}

function answerBack(world: World, reached: Reach, question: Packet): readonly Hop[] {
  const log = createLog(world.host.evidence)
  const packet: Packet = {
    ...question,
    src: question.dst,
    dst: question.src,
    arp: 'reply',
    sourceMac: reached.device.mac,
    destinationMac: question.sourceMac,
  }
  openHop(log, reached.ns.netns.name, null, 'stack', packet)
  addStep(log, { kind: 'originate', packet, by: 'kernel', why: `${reached.ns.netns.name} tells its MAC.` })
  const back = [...reached.stops].reverse()
  back.forEach((stop, index) => {
    answerStop(world, log, packet, stop, back[index - 1])
  })
  const last = back.at(-1)
  openHop(log, last?.ns.netns.name ?? reached.ns.netns.name, null, 'stack', packet)
  addStep(log, {
    kind: 'deliver',
    to: 'kernel',
    socket: null,
    process: null,
    why: `The answer goes into the neighbour table: ${packet.src} is at ${packet.sourceMac}.`,
  })
  return closeLog(log)
}

function answerStop(world: World, log: HopLog, packet: Packet, stop: Stop, before: Stop | undefined): void {
  openDevice(log, stop.ns.netns.name, stop.device, packet)
  if (stop.direction === null) {
    if (before !== undefined && packet.sourceMac !== null)
      learnedFdb(world, stop.ns).set(`${stop.device.name} ${packet.sourceMac}`, before.device.name)
    const why = `${stop.device.name} has just learned where ${packet.destinationMac} is.`
    addStep(log, { kind: 'bridge', bridge: stop.device.name, decision: 'forward', ports: [], why })
    return
  }
  if (stop.direction === 'in') {
    addFrame(log, 'out', packet)
    addStep(log, { kind: 'exit', device: stop.device.name, why: `The answer goes out on ${stop.device.name}.` })
    return
  }
  addFrame(log, 'in', packet)
  addStep(log, { kind: 'enter', device: stop.device.name, why: `The answer comes in on ${stop.device.name}.` })
}
