import type { FieldDiff, Packet } from '../net/packet.ts'
import type { Evidence } from '../trace/evidence.ts'
import { hopKind } from '../trace/hop-kind.ts'
import type { Step } from '../trace/step.ts'
import type { Frame, Hop, HopKind } from '../trace/trace-report.ts'
import type { Interface } from '../host/interface.ts'

export { isEdge } from '../trace/hop-kind.ts'

interface OpenHop {
  readonly netns: string
  readonly device: string | null
  readonly kind: HopKind
  readonly packet: Packet
  readonly frames: Frame[]
  readonly steps: Step[]
}

/** The hops of one trace while it is being written. */
export interface HopLog {
  readonly hops: OpenHop[]
  /** While the packet is on the wire in fragments: the MTU that they were cut for. Null while it is whole. */
  cut: number | null
  /** A namespace has put its fragments together: it may be cut again, also where an IPv6 packet may not (skb->ignore_df). */
  joined: boolean
  /** What steps rest on unless they say otherwise. */
  readonly evidence: Evidence
  /** The frames of the packet that was shown last. */
  framed: { readonly packet: Packet | null; in: Frame | null; out: Frame | null }
}

/** A step as the stages write it: `evidence` and `diff` may be left to the log. */
type StepDraft = Step extends infer S
  ? S extends Step
    ? Omit<S, 'evidence' | 'diff'> & Partial<Pick<S, 'evidence' | 'diff'>>
    : never
  : never

/** Returns an empty log. */
export function createLog(evidence: Evidence): HopLog {
  return { hops: [], cut: null, joined: false, evidence, framed: { packet: null, in: null, out: null } }
}

/** Begins a hop; what follows is written to it. */
export function openHop(log: HopLog, netns: string, device: string | null, kind: HopKind, packet: Packet): void {
  log.hops.push({ netns, device, kind, packet, frames: [], steps: [] })
}

/** Begins a hop on a device. */
export function openDevice(log: HopLog, netns: string, device: Interface, packet: Packet): void {
  openHop(log, netns, device.name, hopKind(device), packet)
}

/** Takes the current hop back when it has nothing to tell: what might have been asked there was not. */
export function dropUntold(log: HopLog): void {
  const { steps, frames } = currentHop(log)
  if (steps.length === 0 && frames.length === 0) log.hops.pop()
}

/** Writes a step to the current hop. The draft itself becomes the step: a draft is made for one call and not kept. */
export function addStep(log: HopLog, draft: StepDraft): void {
  const step = draft as { -readonly [Key in keyof Step]: Step[Key] }
  step.diff ??= NO_FIELDS
  step.evidence ??= log.evidence
  currentHop(log).steps.push(step as Step)
}

/** What most steps change. */
export const NO_FIELDS: readonly FieldDiff[] = []

/** Writes steps that netfilter made; their evidence becomes that of the host state. */
export function addSteps(log: HopLog, steps: readonly Step[]): void {
  const hop = currentHop(log)
  for (const step of steps)
    hop.steps.push(
      step.evidence.basis === 'state' && log.evidence.basis === 'synth' ? { ...step, evidence: log.evidence } : step,
    )
}

/** Writes what tcpdump prints for the current hop's device. */
export function addFrame(log: HopLog, direction: 'in' | 'out', packet: Packet): void {
  const frame = sameFrame(log, direction, packet)
  const { frames } = currentHop(log)
  if (log.cut === null || packet.length <= log.cut) frames.push(frame)
  else frames.push(...cutFrame(frame, packet.family, log.cut))
}

/** Writes a whole hop on a device that shows a packet once: `openDevice`, `addFrame` and its steps in one. */
export function addHop(
  log: HopLog,
  netns: string,
  device: Interface,
  direction: 'in' | 'out',
  packet: Packet,
  steps: Step[],
): void {
  const frames = [sameFrame(log, direction, packet)]
  log.hops.push({ netns, device: device.name, kind: hopKind(device), packet, frames, steps })
}

/** A packet shows the same on every device that it passes unchanged; a flooded question passes hundreds. */
function sameFrame(log: HopLog, direction: 'in' | 'out', packet: Packet): Frame {
  if (log.framed.packet !== packet) log.framed = { packet, in: null, out: null }
  log.framed[direction] ??= frameOf(direction, packet)
  return log.framed[direction]
}

/** Returns the finished hops. */
export function closeLog(log: HopLog): readonly Hop[] {
  return log.hops
}

function currentHop(log: HopLog): OpenHop {
  const hop = log.hops.at(-1)
  if (hop === undefined) throw new Error('a step before the first hop')
  return hop
}

/** Returns a packet as tcpdump shows it on a device. ARP has no TTL: 0. */
function frameOf(direction: 'in' | 'out', packet: Packet): Frame {
  const frame: { -readonly [Key in keyof Frame]: Frame[Key] } = {
    direction,
    src: packet.src,
    dst: packet.dst,
    protocol: packet.protocol,
    ttl: packet.ttl,
    sourceMac: packet.sourceMac,
    destinationMac: packet.destinationMac,
    length: packet.length,
  }
  if (packet.sourcePort !== undefined) frame.sourcePort = packet.sourcePort
  if (packet.destinationPort !== undefined) frame.destinationPort = packet.destinationPort
  if (packet.icmp !== undefined) frame.icmp = packet.icmp
  if (packet.arp !== undefined) frame.arp = packet.arp
  return frame
}

/**
 * Returns a frame as the fragments that cross a link of an MTU: only the first has ports or an ICMP header
 * (linux:net/ipv4/ip_output.c ip_do_fragment, net/ipv6/ip6_output.c ip6_fragment).
 */
function cutFrame(frame: Frame, family: 4 | 6, mtu: number): readonly Frame[] {
  const { sourcePort: _source, destinationPort: _destination, icmp: _icmp, ...bare } = frame
  return pieceLengths(frame.length, family, mtu).map((length, index) => ({ ...(index === 0 ? frame : bare), length }))
}

/**
 * Returns the lengths of the fragments of a packet that is too long for an MTU: each but the last carries a multiple of eight
 * bytes. In IPv6 each has a header of its own besides.
 */
export function pieceLengths(length: number, family: 4 | 6, mtu: number): readonly number[] {
  const whole = family === 4 ? 20 : 40
  const header = family === 4 ? 20 : 48
  // A snapshot may hold an MTU that leaves no room at all; the kernel refuses one below 68.
  const most = Math.max(8, Math.floor((mtu - header) / 8) * 8)
  const pieces: number[] = []
  for (let left = length - whole; left > 0; left -= most) pieces.push(header + Math.min(left, most))
  return pieces
}
