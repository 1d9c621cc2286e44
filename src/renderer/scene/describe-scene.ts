import type { Step } from '../../core/trace/step.ts'
import { bridgeOf, resolveAnchor, wireBetween } from '../layout/travel.ts'
import type { Cubic, Layout, Point } from '../layout/types.ts'
import type { GateId } from '../playback/place.ts'
import type { Leg, Timeline, TimelineEvent } from '../playback/timeline.ts'
import { type GateNote, noteGate } from './note-gate.ts'

/** How a box stands in the play: where the packet is, where it was, where it died, where it was expected and did not come. */
export type Mark = 'current' | 'visited' | 'dropped' | 'expected'

export interface Callout {
  readonly boxId: string
  readonly tone: 'drop' | 'unknown'
  readonly heading: string
  readonly text: string
}

/** Everything in the picture that follows from one event; it changes by events and not by frames. */
export interface SceneMarks {
  readonly boxes: Readonly<Record<string, Mark>>
  readonly gates: Readonly<Partial<Record<GateId, GateNote>>>
  /** The wires that the packet has taken, the one that it is on last. */
  readonly trail: readonly TrailPiece[]
  readonly colour: PacketColour
  readonly callout: Callout | null
  /** The end of a pair that the packet is in: it has no box, so it is named at its point. */
  readonly port: { readonly name: string; readonly at: Point } | null
}

/** One wire of the trail. `expected`: the prediction alone takes it. */
export interface TrailPiece {
  readonly key: string
  readonly curve: readonly Cubic[]
  readonly expected: boolean
}

export type PacketColour = 'icmp' | 'tcp' | 'udp' | 'dns' | 'arp'

export const NO_MARKS: SceneMarks = { boxes: {}, gates: {}, trail: [], colour: 'icmp', callout: null, port: null }

/** Returns what one event makes of the picture; without an event (-1), the picture at rest. */
export function describeScene(layout: Layout, timeline: Timeline, eventIndex: number): SceneMarks {
  const current = timeline.events[eventIndex]
  const leg = current && timeline.legs.find((each) => each.lastEvent >= current.index)
  if (current === undefined || leg === undefined) return NO_MARKS
  const events = timeline.events.slice(leg.firstEvent, current.index + 1)
  return {
    boxes: markBoxes(layout, events, current),
    gates: noteGates(layout, events),
    trail: trailOf(layout, events),
    colour: colourOf(leg),
    callout: calloutOf(layout, current, leg) ?? calloutOf(layout, lastObserved(events) ?? current, leg),
    port: portOf(layout, current),
  }
}

/** Returns the picture at rest with one device of it marked, by its key. */
export function markPlace(layout: Layout, key: string): SceneMarks {
  const box = layout.anchors[key]?.boxId ?? null
  return box === null ? NO_MARKS : { ...NO_MARKS, boxes: { [box]: 'current' } }
}

function portOf(layout: Layout, { place }: TimelineEvent): SceneMarks['port'] {
  const anchor = resolveAnchor(layout, place)
  if (place.kind !== 'device' || anchor === null || anchor.boxId !== null) return null
  return { name: place.device, at: anchor.port }
}

/** Returns the colour of a protocol; what has none of its own is drawn like UDP. */
export function colourOf(leg: Pick<Leg, 'protocol'>): PacketColour {
  switch (leg.protocol) {
    case 'icmp':
    case 'icmpv6':
      return 'icmp'
    case 'tcp':
      return 'tcp'
    case 'dns':
      return 'dns'
    case 'arp':
      return 'arp'
    default:
      return 'udp'
  }
}

function markBoxes(
  layout: Layout,
  events: readonly TimelineEvent[],
  current: TimelineEvent,
): Readonly<Record<string, Mark>> {
  const marks: Record<string, Mark> = {}
  for (const event of events) {
    const anchor = resolveAnchor(layout, event.place)
    // A port of a bridge stands for its bridge: the frame is in it as soon as it is in the port.
    const id = anchor === null ? null : (anchor.boxId ?? bridgeOf(layout, anchor)?.boxId)
    if (id) marks[id] = event.lane === 'predicted' ? (marks[id] ?? 'expected') : 'visited'
  }
  const here = resolveAnchor(layout, current.place)?.boxId
  if (here && current.lane !== 'predicted') marks[here] = endsBadly(current) ? 'dropped' : 'current'
  const ended = lastObserved(events)
  const there = ended !== null && endsBadly(ended) ? resolveAnchor(layout, ended.place)?.boxId : null
  if (there) marks[there] = 'dropped'
  return marks
}

/** Returns the last thing that really happened; null before the first. */
function lastObserved(events: readonly TimelineEvent[]): TimelineEvent | null {
  return events.findLast(({ lane }) => lane !== 'predicted') ?? null
}

function noteGates(layout: Layout, events: readonly TimelineEvent[]): Readonly<Partial<Record<GateId, GateNote>>> {
  const byGate = new Map<GateId, TimelineEvent[]>()
  for (const event of events) {
    const place = layout.gates.find((gate) => gate.id === resolveAnchor(layout, event.place)?.boxId)?.place
    if (place?.kind === 'gate') byGate.set(place.gate, [...(byGate.get(place.gate) ?? []), event])
  }
  return Object.fromEntries([...byGate].map(([gate, list]) => [gate, noteGate(whatHappened(list))]))
}

/** A gate tells what happened there; where nothing did, what was expected to. */
function whatHappened(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const happened = events.filter(({ lane }) => lane !== 'predicted')
  return happened.length > 0 ? happened : events
}

function trailOf(layout: Layout, events: readonly TimelineEvent[]): SceneMarks['trail'] {
  return events.flatMap((event) => {
    if (event.from === null || staysInBox(layout, event)) return []
    const expected = event.lane === 'predicted'
    return [{ key: `${event.index}`, curve: wireBetween(layout, event.from, event.place), expected }]
  })
}

/** Within one box (a namespace's stack and its devices) there is no wire to colour. */
function staysInBox(layout: Layout, event: TimelineEvent): boolean {
  const [from, to] = [event.from && resolveAnchor(layout, event.from), resolveAnchor(layout, event.place)]
  return from?.key === to?.key || (typeof from?.boxId === 'string' && from.boxId === to?.boxId)
}

/** Tells whether an event is where its packet dies, or where its fate is not known. */
export function endsBadly(event: TimelineEvent): boolean {
  if (!event.last && event.step !== null && isIgnoredCopy(event.step)) return false
  if (event.step !== null && isFatal(event.step)) return true
  if (!event.last) return false
  return event.disposition !== 'delivered' && event.disposition !== 'leaves-host'
}

/** A broadcast or a flooded frame goes on, though this machine has no use for its copy. */
function isIgnoredCopy(step: Step): boolean {
  return step.kind === 'drop' && (step.reason === 'NOT_ASKED' || step.reason === 'OTHERHOST')
}

function isFatal(step: Step): boolean {
  if (step.kind === 'drop' || step.kind === 'unknown') return true
  return (step.kind === 'rule' || step.kind === 'policy') && (step.verdict === 'drop' || step.verdict === 'reject')
}

function calloutOf(layout: Layout, event: TimelineEvent, leg: Leg): Callout | null {
  const boxId = resolveAnchor(layout, event.place)?.boxId ?? null
  if (boxId === null || !endsBadly(event)) return null
  const unknown = event.disposition === 'cannot-tell'
  const box = [...layout.gates, ...layout.boxes].find((each) => each.id === boxId)
  const heading = `${HEADINGS[event.disposition] ?? event.disposition} at ${box?.name ?? boxId}`
  return { boxId, tone: unknown ? 'unknown' : 'drop', heading, text: causeOf(event.step) ?? leg.reason }
}

const HEADINGS: Readonly<Record<string, string>> = {
  dropped: 'Dropped',
  rejected: 'Rejected',
  'no-route': 'No route',
  'neighbor-unreachable': 'Nobody answers',
  'nothing-listening': 'Nothing listens',
  loop: 'Goes round in circles',
  'ttl-exceeded': 'TTL used up',
  'too-big': 'Too big',
  'cannot-tell': 'Cannot tell',
}

/** The rule, the policy or the kernel's own reason, in its own words; null where the trace's reason says it best. */
function causeOf(step: Step | null): string | null {
  switch (step?.kind) {
    case 'rule':
      return step.rule
    case 'policy':
      return `${step.table} ${step.chain}: policy ${step.verdict.toUpperCase()}`
    case 'unknown':
      return step.what
    default:
      return null
  }
}
