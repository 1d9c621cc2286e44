import type { Packet } from '../net/packet.ts'
import type { Hop } from '../trace/trace-report.ts'
import type { Reach, Stop } from './ask-on-link.ts'
import { addFrame, addStep, closeLog, createLog, type HopLog, openDevice, openHop } from './hop-log.ts'
import { learnedFdb, type World } from './world.ts'

/** Returns the hops of the answer: the question's way, walked back. Bridges on it learn where the answerer is. */
export function answerOnLink(world: World, reached: Reach, question: Packet): readonly Hop[] {
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
    answerStop(world, log, packet, { stop, before: back[index - 1], next: back[index + 1] })
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

interface PassedStop {
  readonly stop: Stop
  readonly before: Stop | undefined
  readonly next: Stop | undefined
}

function answerStop(world: World, log: HopLog, packet: Packet, { stop, before, next }: PassedStop): void {
  openDevice(log, stop.ns.netns.name, stop.device, packet)
  if (stop.direction === null) {
    if (before !== undefined && packet.sourceMac !== null)
      learnedFdb(world, stop.ns).set(`${stop.device.name} ${packet.sourceMac}`, before.device.name)
    const why = `${stop.device.name} has just learned where ${packet.destinationMac} is.`
    addStep(log, {
      kind: 'bridge',
      bridge: stop.device.name,
      decision: 'forward',
      ports: next === undefined ? [] : [next.device.name],
      why,
    })
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
