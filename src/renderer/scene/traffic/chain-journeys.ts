import { isHostNetns, type Place, placeKey } from '../../playback/place.ts'

/** One packet at one device, with the places that it passes there. */
export interface Leg {
  readonly flow: number | null
  /** The device and the direction; the same packet is there but once. */
  readonly seenAt: string
  /** Milliseconds on the watch's own clock. */
  readonly at: number
  readonly way: readonly Place[]
}

/** One packet on its way through several devices. */
export interface Journey {
  readonly flow: number | null
  readonly at: number
  readonly way: readonly Place[]
}

interface Open extends Journey {
  readonly seenAt: readonly string[]
}

/** A packet that takes longer than this between two devices was held up; what is seen there is then drawn for itself. */
const LONGEST_PAUSE = 40

/**
 * Returns the legs joined to journeys, each in the order of its time: a leg follows another of its flow that ends where it
 * begins. What comes into the host's stack and leaves it by another device has been forwarded: it passes the gates between.
 */
export function chainJourneys(legs: readonly Leg[]): readonly Journey[] {
  const open: Open[] = []
  for (const { flow, seenAt, at, way } of legs) {
    if (way.length === 0) continue
    const index = flow === null ? -1 : open.findLastIndex((each) => each.flow === flow && mayBe(each, seenAt, at, way))
    const before = open[index]
    const joined = before === undefined ? null : joinWays(before.way, way)
    if (before === undefined || joined === null) open.push({ flow, at, way, seenAt: [seenAt] })
    else open[index] = { ...before, way: joined, seenAt: [...before.seenAt, seenAt] }
  }
  return open.map(({ flow, at, way }) => ({ flow, at, way }))
}

function mayBe(before: Open, seenAt: string, at: number, way: readonly Place[]): boolean {
  const pause = at - before.at
  if (pause < 0 || pause > LONGEST_PAUSE || before.seenAt.includes(seenAt)) return false
  return joinWays(before.way, way) !== null
}

/** Both ends of a wire see a packet, so what two devices tell of its way overlaps. What turns back is an answer. */
function joinWays(before: readonly Place[], after: readonly Place[]): readonly Place[] | null {
  const [keys, more] = [before.map(placeKey), after.map(placeKey)]
  if (keys.at(-1) === more[0] && keys.at(-2) === more[1]) return null
  for (let shared = Math.min(keys.length, more.length); shared > 0; shared--) {
    if (keys.slice(-shared).every((key, index) => key === more[index])) return [...before, ...after.slice(shared)]
  }
  return joinForwarded(before, after)
}

function joinForwarded(before: readonly Place[], after: readonly Place[]): readonly Place[] | null {
  const [from, end, start, to] = [before.at(-2), before.at(-1), after[0], after[1]]
  if (end?.kind !== 'gate' || start?.kind !== 'gate' || from === undefined || to === undefined) return null
  if (end.gate !== 'prerouting' || start.gate !== 'postrouting' || placeKey(from) === placeKey(to)) return null
  const between = (['route', 'forward'] as const).map((gate): Place => ({ kind: 'gate', netns: end.netns, gate }))
  return [...before, ...between, ...after]
}

/** Returns the way with what the host's own stack does with a packet of its own: up to its processes, or from them. */
export function endAtHost(way: readonly Place[], local: boolean): readonly Place[] {
  const [first, last] = [way[0], way.at(-1)]
  const gate = (netns: string, id: 'route' | 'input' | 'local' | 'output'): Place => ({ kind: 'gate', netns, gate: id })
  if (!local) return way
  if (last?.kind === 'gate' && last.gate === 'prerouting' && isHostNetns(last.netns))
    return [...way, gate(last.netns, 'route'), gate(last.netns, 'input'), gate(last.netns, 'local')]
  if (first?.kind === 'gate' && first.gate === 'postrouting' && isHostNetns(first.netns))
    return [gate(first.netns, 'local'), gate(first.netns, 'output'), ...way]
  return way
}
