import type { Packet } from '../net/packet.ts'
import { deviceHop, frameOf, FROM_FRAME, type HopDraft, stackHop } from './hop-draft.ts'
import { byDevice, inOrder, inOrderOfUse, isFarEnd, isForAll, splitRounds } from './frame-copies.ts'
import { judgeSteps } from './judge-steps.ts'
import type { SeenFrame } from './observation.ts'
import type { Pass } from './order-passes.ts'
import type { PlaceIndex } from './place-index.ts'
import type { ChainVisit } from './seen-packet.ts'

/** What is being written: the hops so far, and the headers that the packet was seen with last. */
interface Writer {
  readonly places: PlaceIndex
  readonly hops: HopDraft[]
  last: Packet
}

/**
 * Returns the hops of a packet as it was seen, laid out as predictions are: a hop for each device that showed it, one for a
 * bridge that only handed it on, one for each namespace's IP stack. Steps are those that frames and rule traces prove; a
 * stack in which nothing can be seen has none yet.
 */
export function buildHops(places: PlaceIndex, passes: readonly Pass[], first: Packet): HopDraft[] {
  const writer: Writer = { places, hops: [], last: first }
  for (const pass of passes) writePass(writer, pass)
  return writer.hops
}

function writePass(writer: Writer, pass: Pass): void {
  if (pass.entry.length === 0) {
    const stack = openStack(writer, pass.netns)
    writeVisits(writer, stack, pass, pass.visits)
    writeOuts(writer, pass, pass.outs)
    return
  }
  const { places } = writer
  const [lowest] = pass.entry
  const device = lowest?.device ?? ''
  const bridge = places.bridgeOf(pass.netns, device)
  const filtered = bridge !== null && places.filtersBridged(pass.netns, bridge.name, writer.last.family)
  const pre = pass.visits.filter(({ hook }) => hook === 'prerouting')
  const rest = pass.visits.filter(({ hook }) => hook !== 'prerouting')
  const hop = writeEntry(writer, pass, device)
  if (filtered) writeVisits(writer, hop, pass, pre)
  const up = bridge === null || pass.entry.some((frame) => frame.device === bridge.name)
  const forAll = bridge !== null && isForAll(hop.packet)
  // What is for all is handed on and goes up as well: each chain judges it on one of these ways.
  const handedOn = rest.filter(({ hook }) => !forAll || hook !== 'input')
  if (bridge !== null && (!up || forAll)) writeBridged(writer, pass, bridge.name, handedOn)
  if (bridge !== null && !up) return
  for (const name of new Set(pass.entry.map((frame) => frame.device)))
    if (name !== device) writeUpper(writer, pass, name)
  const stack = openStack(writer, pass.netns)
  const gone = forAll ? handedOn : []
  const above = (filtered ? rest : pass.visits).filter((visit) => !gone.includes(visit))
  writeVisits(writer, stack, pass, above)
  if (!forAll) writeOuts(writer, pass, pass.outs)
}

function openStack(writer: Writer, netns: string): HopDraft {
  const hop = stackHop(netns, writer.last)
  writer.hops.push(hop)
  return hop
}

function openDevice(writer: Writer, netns: string, device: string, frames: readonly SeenFrame[]): HopDraft {
  const [first] = frames
  const hop = deviceHop(writer.places, netns, device, first?.packet ?? writer.last)
  hop.frames.push(...frames.map(frameOf))
  writer.hops.push(hop)
  writer.last = first?.packet ?? writer.last
  return hop
}

function writeEntry(writer: Writer, { netns, entry }: Pass, device: string): HopDraft {
  const hop = openDevice(
    writer,
    netns,
    device,
    entry.filter((frame) => frame.device === device),
  )
  const loop = hop.kind === 'loopback'
  if (loop)
    hop.steps.push({
      kind: 'exit',
      device,
      diff: [],
      evidence: FROM_FRAME,
      why: 'What is sent on the loopback device comes straight back.',
    })
  const why = loop
    ? 'The same packet arrives on the loopback device.'
    : `The frame was seen coming in on ${device} of ${netns}.`
  hop.steps.push({ kind: 'enter', device, diff: [], evidence: FROM_FRAME, why })
  return hop
}

/** The bridge that the port belongs to shows the frame as well: it goes up to the host. */
function writeUpper(writer: Writer, { netns, entry }: Pass, device: string): void {
  const hop = openDevice(
    writer,
    netns,
    device,
    entry.filter((frame) => frame.device === device),
  )
  const step = {
    diff: [],
    evidence: FROM_FRAME,
    why: `The frame was seen coming in on ${device} itself: it is for the host.`,
  } as const
  if (hop.kind === 'bridge') hop.steps.push({ kind: 'bridge', bridge: device, decision: 'local', ports: [], ...step })
  else hop.steps.push({ kind: 'enter', device, ...step })
}

/** Handed on from port to port. A bridge that shows the frame going out sends it itself (a neighbour entry that is not fresh). */
function writeBridged(writer: Writer, pass: Pass, bridge: string, visits: readonly ChainVisit[]): void {
  const own = pass.outs.filter((frame) => frame.device === bridge)
  const ports = pass.outs.filter((frame) => frame.device !== bridge)
  if (own.length > 0) {
    const hop = openDevice(writer, pass.netns, bridge, own)
    hop.steps.push({
      kind: 'exit',
      device: bridge,
      diff: [],
      evidence: FROM_FRAME,
      why: `${bridge} itself was seen sending the frame.`,
    })
  }
  if (ports.length === 0 && visits.length === 0) return
  const copies = byDevice(ports)
  const hop = deviceHop(writer.places, pass.netns, bridge, writer.last)
  writer.hops.push(hop)
  const names = copies.map(([first]) => first?.device ?? '')
  if (names.length > 0) hop.steps.push(bridgeStep(bridge, names, isForAll(writer.last)))
  const rounds = splitRounds(visits)
  // The rules judge each copy of a group's frame on its own; IPv4 has no rules for ARP.
  const apart = isForAll(writer.last) && writer.last.family === 6
  // The copies are judged, and leave, one after the other.
  const judged = copies.map((frames, index) => ({ frames, round: rounds[index] }))
  inOrder(writer.places, pass, judged).forEach(({ frames, round }, index) => {
    const here = index === 0 && !apart ? hop : deviceHop(writer.places, pass.netns, bridge, writer.last)
    if (apart || (index > 0 && round !== undefined)) writer.hops.push(here)
    writeVisits(writer, here, pass, round ?? [])
    writeOuts(writer, pass, frames)
  })
  for (const round of rounds.slice(copies.length)) {
    const here = apart ? deviceHop(writer.places, pass.netns, bridge, writer.last) : hop
    if (apart) writer.hops.push(here)
    writeVisits(writer, here, pass, round)
  }
}

function bridgeStep(bridge: string, ports: readonly string[], forAll: boolean) {
  const one = ports.length === 1 && !forAll
  const because = forAll ? ': it is for everybody' : ': the bridge does not know where the address is'
  const why = `The frame was seen going out by ${ports.join(', ')}${one ? '' : because}.`
  return {
    kind: 'bridge',
    bridge,
    decision: one ? 'forward' : 'flood',
    ports,
    diff: [],
    evidence: FROM_FRAME,
    why,
  } as const
}

function writeOuts(writer: Writer, pass: Pass, frames: readonly SeenFrame[]): void {
  const devices = byDevice(frames)
  inOrderOfUse(writer.places, pass, devices).forEach((own, index) => {
    const name = own[0]?.device ?? ''
    const hop = openDevice(writer, pass.netns, name, own)
    const ports = devices.slice(index + 1).map(([first]) => first?.device ?? '')
    if (hop.kind === 'bridge' && ports.length > 0 && !isForAll(hop.packet))
      hop.steps.push(bridgeStep(name, ports, false))
    else writeExit(writer, pass, hop, name)
    if (hop.kind === 'bridge' && ports.length > 0 && isForAll(hop.packet)) {
      const again = deviceHop(writer.places, pass.netns, name, writer.last)
      again.steps.push(bridgeStep(name, ports, true))
      writer.hops.push(again)
    }
    const next = pass.next.find((each) => isFarEnd(writer.places, pass.netns, name, each))
    if (next !== undefined) writePass(writer, next)
  })
  // What came in on the loopback device was sent there.
  if (pass.outs.length === 0 && frames === pass.outs) for (const next of pass.next) writePass(writer, next)
}

function writeExit({ places }: Writer, { netns, next }: Pass, hop: HopDraft, device: string): void {
  const why = `The frame was seen going out by ${device} of ${netns}.`
  hop.steps.push({ kind: 'exit', device, diff: [], evidence: FROM_FRAME, why })
  const far = places.farEnd(netns, device)
  if (far === null || !next.some((each) => isFarEnd(places, netns, device, each))) return
  hop.steps.push({
    kind: 'cross',
    device,
    toNetns: far.netns,
    toDevice: far.device,
    diff: [],
    evidence: FROM_FRAME,
    why: `The same frame was seen coming in on ${far.device} of ${far.netns}.`,
  })
}

/** What a chain has translated is told by the headers that were seen next: in the next chain, else at the next device. */
function writeVisits(writer: Writer, hop: HopDraft, pass: Pass, visits: readonly ChainVisit[]): void {
  visits.forEach((visit) => {
    const at = pass.visits.indexOf(visit)
    const next = pass.visits[at + 1]?.packet ?? pass.outs[0]?.packet ?? pass.next[0]?.entry[0]?.packet ?? null
    hop.steps.push(...judgeSteps(visit, next))
    writer.last = visit.packet
  })
}
