import { type Capture, LINK_TYPES } from '../../core/capture/capture.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { readSeenFrame } from '../../core/parse/live/assemble-observation.ts'
import { feedPcap, openPcap, type PcapRecord } from '../../core/parse/live/pcap-stream.ts'
import type { Frame } from '../../core/parse/frames.ts'
import type { LiveReport } from '../../core/trace/live-report.ts'
import type { Step } from '../../core/trace/step.ts'
import type { Hop, Trace } from '../../core/trace/trace-report.ts'
import { readObservation } from '../live/read-observation.ts'
import type { WatchPlan } from '../live/watch-plan.ts'
import type { KeptPacket } from './kept-packet.ts'
import { makeCapture } from './make-capture.ts'

/** What the tools of one live trace printed. */
export interface LiveFrames {
  readonly plan: WatchPlan
  readonly frames: readonly Frame[]
}

interface Seen {
  readonly record: PcapRecord
  readonly origin: number
  /** `host docker0 in`. */
  readonly place: string
  readonly direction: 'in' | 'out' | null
}

/** Returns the frames of a live trace as a capture; a packet's comments are the rules that it met behind that device. */
export function makeLiveCapture({ plan, frames }: LiveFrames, live: LiveReport, state: HostState): Capture {
  const { namespaces } = readObservation(state, { plan, unreachable: [] }, frames)
  const seen = namespaces.flatMap(({ netns, devices, pcap }, origin): readonly Seen[] => {
    const records = pcap === null ? [] : feedPcap(openPcap(), pcap).value
    return records.map((record) => {
      const frame = readSeenFrame(netns, devices, record)
      if (frame === null || typeof frame === 'string') return { record, origin, place: '', direction: null }
      return { record, origin, place: `${netns} ${frame.device} ${frame.direction}`, direction: frame.direction }
    })
  })
  const epoch = firstStamp(seen)
  const comments = commentsOf(live)
  const kept = seen.map(({ record, origin, place, direction }, seq): KeptPacket => {
    const { seconds, nanoseconds, bytes, length } = record
    const at = epoch === null ? 0 : (seconds - epoch.seconds) * 1e6 + (nanoseconds - epoch.nanoseconds) / 1e3
    const own = comments.get(`${place} ${at.toFixed(2)}`) ?? []
    const linkType = LINK_TYPES.linuxSll2
    return { seq, seconds, nanoseconds, origin, linkType, direction, bytes, length, flow: null, comments: own }
  })
  const find = (origin: number, index: number | null) => ({
    netns: namespaces[origin]?.netns ?? null,
    device: namespaces[origin]?.devices[`${index}`] ?? `if${index}`,
  })
  const { flow, reason } = live.observed
  return makeCapture(kept, find, state, [`live trace: ${flow.from} > ${flow.to} (${flow.protocol}): ${reason}`])
}

function firstStamp(seen: readonly Seen[]): Pick<PcapRecord, 'seconds' | 'nanoseconds'> | null {
  let first: PcapRecord | null = null
  for (const { record } of seen)
    if (first === null || record.seconds - first.seconds + (record.nanoseconds - first.nanoseconds) / 1e9 < 0)
      first = record
  return first
}

/** What happened to the packet, by place and time of the frame that a reader finds it at. */
function commentsOf({ observed }: LiveReport): ReadonlyMap<string, readonly string[]> {
  const comments = new Map<string, string[]>()
  for (const { forward, reply } of observed.exchanges) {
    noteTrace(comments, forward)
    if (reply !== null) noteTrace(comments, reply)
  }
  return comments
}

/**
 * What is done to a packet stands at the frame that came in before it; what is done before the first frame of its way (a
 * sender's own rules), at the first one that goes out.
 */
function noteTrace(comments: Map<string, string[]>, trace: Trace): void {
  let before: string | null = null
  let waiting: readonly string[] = []
  for (const hop of trace.hops) {
    const keys = keysOf(hop)
    const incoming = keys.find(({ direction }) => direction === 'in')?.key ?? null
    const outgoing = keys.find(({ direction }) => direction === 'out')?.key ?? null
    const done = hop.steps.flatMap(wordStep)
    const at: string | null = incoming ?? (keys.length === 0 ? before : outgoing)
    if (at === null) waiting = [...waiting, ...done]
    else add(comments, at, [...waiting, ...done])
    if (at !== null) waiting = []
    before = outgoing === null ? (incoming ?? before) : null
    if (outgoing !== null && waiting.length > 0) add(comments, outgoing, waiting)
  }
  const last = trace.hops.flatMap(keysOf).at(-1)?.key
  if (last !== undefined) add(comments, last, [`${trace.disposition}: ${trace.reason}`])
}

function keysOf({ netns, device, frames }: Hop): readonly { readonly direction: 'in' | 'out'; readonly key: string }[] {
  return frames.flatMap(({ direction, at }) =>
    at === undefined ? [] : [{ direction, key: `${netns} ${device} ${direction} ${at.toFixed(2)}` }],
  )
}

function add(comments: Map<string, string[]>, key: string, words: readonly string[]): void {
  if (words.length > 0) comments.set(key, [...(comments.get(key) ?? []), ...words])
}

/** Only what was seen: what was filled in from the prediction would make the file say more than the kernel did. */
function wordStep(step: Step): readonly string[] {
  if (step.evidence.basis === 'prediction') return []
  switch (step.kind) {
    case 'rule':
      return [`${step.family} ${step.table} ${step.chain}: ${step.rule} (${step.verdict})`]
    case 'policy':
      return [`${step.family} ${step.table} ${step.chain}: policy ${step.verdict}`]
    case 'drop':
      return [`dropped: ${step.reason}`]
    default:
      return []
  }
}
