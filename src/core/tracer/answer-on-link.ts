import { forwardBridge } from '../forward/forward-bridge.ts'
import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import type { Hop } from '../trace/trace-report.ts'
import type { Reach, Stop } from './ask-on-link.ts'
import { addFrame, addStep, closeLog, createLog, dropUntold, openDevice, openHop } from './hop-log.ts'
import { makeAdvertisement } from './make-solicitation.ts'
import { crossesBridge, type Discovery, entersBridge, entersStack, leavesStack } from './pass-discovery.ts'
import { showCopy } from './show-copy.ts'
import { learnedFdb, learnSender, type World } from './world.ts'

/** The answer's way, and whether it arrives: IPv6 rules may stop it. */
export interface LinkAnswer {
  readonly hops: readonly Hop[]
  readonly arrives: boolean
}

/** Returns the way of the answer: the question's, walked back. Bridges on it learn where the answerer is. */
export function answerOnLink(world: World, reached: Reach, question: Packet, target: string): LinkAnswer {
  const log = createLog(world.host.evidence)
  const packet = makeAnswer(reached, question, target)
  openHop(log, reached.ns.netns.name, null, 'stack', packet)
  addStep(log, { kind: 'originate', packet, by: 'kernel', why: `${reached.ns.netns.name} tells its MAC.` })
  const back = [...reached.stops].reverse()
  const arrives = back.every((stop, index) =>
    answerStop({ world, log, packet }, { stop, before: back[index - 1], next: back[index + 1] }),
  )
  if (!arrives) return { hops: closeLog(log), arrives }
  const last = back.at(-1)
  openHop(log, last?.ns.netns.name ?? reached.ns.netns.name, null, 'stack', packet)
  addStep(log, {
    kind: 'deliver',
    to: 'kernel',
    socket: null,
    process: null,
    why: `The answer goes into the neighbour table: ${packet.src} is at ${packet.sourceMac}.`,
  })
  return { hops: closeLog(log), arrives }
}

function makeAnswer(reached: Reach, question: Packet, target: string): Packet {
  const { mac } = reached.device
  if (question.family === 6) return makeAdvertisement(question, target, mac)
  const { src, dst, sourceMac } = question
  return { ...question, src: dst, dst: src, arp: 'reply', sourceMac: mac, destinationMac: sourceMac }
}

interface PassedStop {
  readonly stop: Stop
  readonly before: Stop | undefined
  readonly next: Stop | undefined
}

/** Returns whether the answer goes on after a stop. */
function answerStop(answer: Discovery, passed: PassedStop): boolean {
  const { log, packet } = answer
  const { stop, before, next } = passed
  if (stop.direction === null) return answerBridge(answer, passed)
  if (before === undefined && !leavesStack(answer, stop.ns, stop.device)) return false
  openDevice(log, stop.ns.netns.name, stop.device, packet)
  if (stop.direction === 'in') {
    addFrame(log, 'out', packet)
    addStep(log, { kind: 'exit', device: stop.device.name, why: `The answer goes out on ${stop.device.name}.` })
    return true
  }
  addFrame(log, 'in', packet)
  addStep(log, { kind: 'enter', device: stop.device.name, why: `The answer comes in on ${stop.device.name}.` })
  const port = before?.ns === stop.ns ? before.device : null
  if (next === undefined) return entersStack(answer, stop.ns, stop.device, { listens: true, port })
  if (next.ns !== stop.ns || next.device.kind !== 'bridge') return true
  if (!entersBridge(answer, stop.ns, next.device, stop.device)) return false
  // A bridge learns from all that comes in by a port, be it for a machine behind another one or for the bridge itself.
  learnSender(answer.world, next.ns, { bridge: next.device, port: stop.device, mac: packet.sourceMac })
  return true
}

function answerBridge(answer: Discovery, { stop, before, next }: PassedStop): boolean {
  const { log, packet, world } = answer
  const { ns, device: bridge } = stop
  openDevice(log, ns.netns.name, bridge, packet)
  const from = before?.device ?? null
  const frame = { bridge, fromPort: from, destinationMac: packet.destinationMac ?? '' }
  const decision = next === undefined ? null : forwardBridge(ns.index, frame, learnedFdb(world, ns))
  const floods = decision?.kind === 'flood'
  const why = floods ? decision.why : `${bridge.name} has just learned where ${packet.destinationMac} is.`
  const ports = floods ? decision.ports : next === undefined ? [] : [next.device]
  const told = { bridge: bridge.name, ports: ports.map(({ name }) => name), why }
  addStep(log, { kind: 'bridge', decision: floods ? 'flood' : 'forward', ...told })
  if (next === undefined) return true
  const ignored = ports.filter(({ name }) => name !== next.device.name)
  for (const port of ignored) if (crosses(answer, stop, from, port)) showCopy(answer, ns, port, packet)
  if (ignored.length === 0) return from === null || crossesBridge(answer, ns, bridge, { from, to: next.device })
  return crosses(answer, stop, from, next.device)
}

/** Whether one of several copies gets through the rules, which are told of in a hop of its own. */
function crosses(answer: Discovery, { ns, device: bridge }: Stop, from: Interface | null, to: Interface): boolean {
  const { log, packet } = answer
  if (from === null) return true
  openDevice(log, ns.netns.name, bridge, packet)
  const passed = crossesBridge(answer, ns, bridge, { from, to })
  dropUntold(log)
  return passed
}
