import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import type { Step } from '../trace/step.ts'
import { answersFor, listens } from './answers-for.ts'
import { askStacked, listAbove } from './ask-stacked.ts'
import type { Seat } from './descend-stack.ts'
import { isWire } from './find-outlet.ts'
import { addFrame, addHop, addStep, type HopLog, NO_FIELDS, openDevice } from './hop-log.ts'
import { type FarEnd, followWire, listWires, type Wire } from './list-wires.ts'
import { crossesBridge, entersBridge, entersStack, leavesStack } from './pass-discovery.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { learnSender, type World } from './world.ts'

/** A copy to each port is shown on bridges with at most this many ports; on larger ones only the way that matters is. */
const MOST_COPIES = 32

/** One stop on the way from the asker to the one that answers, to be walked back by the answer. */
export interface Stop {
  readonly ns: PreparedNamespace
  readonly device: Interface
  /** How the question passed: `null` for a bridge that only forwarded it. */
  readonly direction: 'in' | 'out' | null
}

export interface LinkQuestion {
  readonly world: World
  readonly log: HopLog
  readonly packet: Packet
  readonly target: string
  /** Ports that lead out of sight: somebody there may answer. */
  readonly unseen: string[]
  /** `namespace bridge` of those that have had the question: bridges that are wired in a circle pass it on for ever. */
  readonly heard: Set<string>
}

/** A place where the question may be answered, and the stops on the way to it. */
export interface Reach {
  readonly ns: PreparedNamespace
  readonly device: Interface
  readonly stops: readonly Stop[]
}

/**
 * Sends a broadcast question out of a device and follows it to everybody who hears it, writing what each device shows.
 * Returns where it is answered, or null; `question.unseen` then tells whether somebody out of sight might.
 */
export function askOnLink(question: LinkQuestion, ns: PreparedNamespace, device: Interface): Reach | null {
  const { log, packet } = question
  if (!leavesStack(question, ns, device)) return null
  openDevice(log, ns.netns.name, device, packet)
  addFrame(log, 'out', packet)
  addStep(log, { kind: 'exit', device: device.name, why: `The question goes out on ${device.name}.` })
  return askBeyond(question, { ns, device }, { stop: { ns, device, direction: 'out' }, before: null })
}

/** Machines outside are not asked: whether one of them answers was settled before (askNeighbor). */
function askBeyond(question: LinkQuestion, seat: Seat, way: Way): Reach | null {
  const { ns, device } = seat
  if (device.kind === 'bridge') return askPorts(question, ns, device, null, way)
  if (device.kind === 'dummy' || isWire(question.world.host, ns, device)) return null
  if (device.kind !== 'macvlan' && device.kind !== 'ipvlan' && device.kind !== 'vlan' && device.kind !== 'bond')
    return cross(question, followWire(question.world.host, device), way)
  return askStacked(question, seat, way, {
    hear: (beside, back) => hear(question, beside, back),
    beyond: (below, under) => askBeyond(question, below, under),
  })
}

/** Those that sit on a device hear what comes in there. */
function askAbove(question: LinkQuestion, ns: PreparedNamespace, device: Interface, way: Way): Reach | null {
  let reached: Reach | null = null
  for (const seat of listAbove(question.world.host, ns, device.name)) reached = hear(question, seat, way) ?? reached
  return reached
}

function hear(question: LinkQuestion, { ns, device }: Seat, way: Way): Reach | null {
  const { log, packet } = question
  const why = `${device.name} of ${ns.netns.name} hears the question.`
  const enters: Step = { kind: 'enter', device: device.name, diff: NO_FIELDS, why, evidence: log.evidence }
  return askStack(question, { ns, device, enters }, way, packet)
}

/** The stops so far, the last one first: ways that lead nowhere are forgotten without having been copied. */
export interface Way {
  readonly stop: Stop
  readonly before: Way | null
}

function reach(ns: PreparedNamespace, device: Interface, way: Way): Reach {
  const stops: Stop[] = [{ ns, device, direction: 'in' }]
  for (let at: Way | null = way; at !== null; at = at.before) stops.unshift(at.stop)
  return { ns, device, stops }
}

function cross(question: LinkQuestion, { port, far }: Wire, way: Way): Reach | null {
  if (far === null) question.unseen.push(port.name)
  if (far === null || !far.device.up) return null
  const { log, packet } = question
  const { ns, device, enters } = far
  const master = device.master === null ? undefined : ns.index.interfaces.get(device.master)
  if (master?.kind === 'bridge') {
    addHop(log, ns.netns.name, device, 'in', packet, [enters])
    return askBridge(question, ns, master, device, { stop: { ns, device, direction: 'in' }, before: way })
  }
  if (question.world.host.stacked.size > 0) {
    const above = askAbove(question, ns, device, { stop: { ns, device, direction: 'in' }, before: way })
    if (above !== null) return above
  }
  return askStack(question, far, way, packet)
}

function askStack(question: LinkQuestion, far: FarEnd, way: Way, packet: Packet): Reach | null {
  const { log } = question
  const { ns, device, enters } = far
  const asked = answersFor(ns, device, question.target)
  if (!asked && packet.family === 4) {
    addHop(log, ns.netns.name, device, 'in', packet, [enters, notAsked(question, ns)])
    return null
  }
  addHop(log, ns.netns.name, device, 'in', packet, [enters])
  if (!entersStack(question, ns, device, { listens: listens(device, packet), port: null })) return null
  if (asked) return reach(ns, device, way)
  addStep(log, notAsked(question, ns))
  return null
}

function notAsked({ log, target }: LinkQuestion, ns: PreparedNamespace): Step {
  const why = `${target} is not an address of ${ns.netns.name}.`
  return { kind: 'drop', reason: 'NOT_ASKED', diff: NO_FIELDS, why, evidence: log.evidence }
}

/** Broadcasts go to every other port and up to the host itself. */
function askBridge(
  question: LinkQuestion,
  ns: PreparedNamespace,
  bridge: Interface,
  port: Interface,
  way: Way,
): Reach | null {
  const { packet, log, world } = question
  if (question.heard.has(`${ns.netns.id} ${bridge.name}`)) return stopStorm(question, ns, bridge)
  learnSender(world, ns, { bridge, port, mac: packet.sourceMac })
  if (!entersBridge(question, ns, bridge, port)) return null
  const own = answersFor(ns, bridge, question.target)
  const here: Way = { stop: { ns, device: bridge, direction: null }, before: way }
  const behind = askPorts(question, ns, bridge, port, here, own)
  openDevice(log, ns.netns.name, bridge, packet)
  addFrame(log, 'in', packet)
  const why = own
    ? `${question.target} is the host's own address.`
    : `The host has the question, too, but not ${question.target}.`
  addStep(log, { kind: 'bridge', bridge: bridge.name, decision: 'local', ports: [], why })
  const above =
    world.host.stacked.size === 0
      ? null
      : askAbove(question, ns, bridge, { stop: { ns, device: bridge, direction: 'in' }, before: way })
  if (above !== null) return above
  if (!entersStack(question, ns, bridge, { listens: listens(bridge, packet), port })) return behind
  return own ? reach(ns, bridge, way) : behind
}

function stopStorm(question: LinkQuestion, ns: PreparedNamespace, bridge: Interface): null {
  const why = `${bridge.name} of ${ns.netns.name} has had this question: it goes round in a circle.`
  addStep(question.log, { kind: 'drop', reason: 'LOOP', why })
  question.world.warnings.add(
    `${bridge.name} of ${ns.netns.name} is wired in a circle with itself or other bridges; without STP, broadcasts go round there for ever.`,
  )
  return null
}

function askPorts(
  question: LinkQuestion,
  ns: PreparedNamespace,
  bridge: Interface,
  from: Interface | null,
  way: Way,
  answered = false,
): Reach | null {
  question.heard.add(`${ns.netns.id} ${bridge.name}`)
  const { log, packet, world } = question
  const all = listWires(world.host, ns, bridge).filter(({ port }) => mayAsk(port, from))
  const target = answered ? undefined : all.find((wire) => leadsTo(question, wire))
  const shown = all.length > MOST_COPIES ? all.filter((wire) => wire === target) : all
  if (shown !== all) question.unseen.push(...all.filter(({ far }) => far === null).map(({ port }) => port.name))
  openDevice(log, ns.netns.name, bridge, packet)
  const goesTo = ({ port }: Wire): boolean => {
    if (from === null || packet.family === 4) return true
    // A copy for another port has moved on to its far end.
    openDevice(log, ns.netns.name, bridge, packet)
    return crossesBridge(question, ns, bridge, { from, to: port })
  }
  const names = all.map(({ port }) => port.name)
  const why = `${bridge.name} hands a broadcast to every port${shown.length < all.length ? ` (${all.length - shown.length} of them are not shown)` : ''}.`
  addStep(log, { kind: 'bridge', bridge: bridge.name, decision: 'flood', ports: names, why })
  let reached: Reach | null = null
  for (const wire of shown) {
    if (wire !== target && goesTo(wire)) reached = askPort(question, ns, wire, way) ?? reached
  }
  return (target === undefined || !goesTo(target) ? null : askPort(question, ns, target, way)) ?? reached
}

function askPort(question: LinkQuestion, ns: PreparedNamespace, wire: Wire, way: Way): Reach | null {
  const { port, leaves } = wire
  addHop(question.log, ns.netns.name, port, 'out', question.packet, [leaves])
  return cross(question, wire, { stop: { ns, device: port, direction: 'out' }, before: way })
}

function mayAsk(port: Interface, from: Interface | null): boolean {
  if (!port.up || (port.port !== undefined && port.port.state !== 'forwarding')) return false
  if (from === null) return true
  if (port.name === from.name) return port.port?.hairpin === true
  return !(port.port?.isolated === true && from.port?.isolated === true)
}

function leadsTo(question: LinkQuestion, { far }: Wire): boolean {
  return far?.device.up === true && answersFor(far.ns, far.device, question.target)
}
