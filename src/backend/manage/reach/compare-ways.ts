import type { HostState } from '../../../core/host/host-state.ts'
import type { ReachChange } from '../../../core/manage/plan.ts'
import type { Side, Way } from './list-ways.ts'
import { type Ending, isOpen, traceWay } from './trace-way.ts'

/** What became of one way: whether it opens, closes, ends otherwise, or one of both sides cannot be told. */
export interface ComparedWay {
  readonly kind: 'opens' | 'closes' | 'changes' | 'untold'
  readonly change: ReachChange
}

/** One way as it is before and after; null where it is not there. */
export interface WayPair {
  readonly before: Way | null
  readonly after: Way | null
}

/** Returns the ways of both sides, each with its other self, those of the containers named first at the head. */
export function pairWays(
  before: readonly Way[],
  after: readonly Way[],
  first: ReadonlySet<string>,
): readonly WayPair[] {
  const keys = [...new Set([...before, ...after].map(({ key }) => key))]
  const [old, later] = [before, after].map((ways) => new Map(ways.map((way) => [way.key, way])))
  const pairs = keys.map((key) => ({ before: old?.get(key) ?? null, after: later?.get(key) ?? null }))
  const touched = ({ before: one, after: other }: WayPair): number =>
    [...(one?.parts ?? []), ...(other?.parts ?? [])].some((name) => first.has(name)) ? 0 : 1
  return pairs.sort((a, b) => touched(a) - touched(b))
}

/** Returns what a change makes of a way, or null where it makes nothing of it. What never was open is no news when it goes. */
export function compareWay(before: Side, after: Side, pair: WayPair): ComparedWay | null {
  const way = pair.after ?? pair.before
  if (way === null) return null
  const old = pair.before === null ? null : traceWay(before.state, pair.before)
  const later = pair.after === null ? null : traceWay(after.state, pair.after)
  const was: ReachChange['before'] = old?.disposition ?? 'absent'
  const is: ReachChange['after'] = later?.disposition ?? 'absent'
  if (was === is || (!isOpen(was) && !isOpen(is) && (was === 'absent' || is === 'absent'))) return null
  const { from, to, flow } = way
  const why = later?.why ?? whyAbsent(after.state, way)
  const change: ReachChange = { from, to, protocol: flow.protocol, before: was, after: is, why }
  if (is === 'cannot-tell') return { kind: 'untold', change }
  if (was === 'cannot-tell') return { kind: 'untold', change: { ...change, why: old?.why ?? '' } }
  return { kind: isOpen(was) === isOpen(is) ? 'changes' : isOpen(is) ? 'opens' : 'closes', change }
}

function whyAbsent({ containers }: HostState, { parts }: Way): string {
  const gone = parts.find((name) => !containers.some((one) => one.name === name))
  if (gone !== undefined) return `${gone} is not there any more.`
  const stopped = parts.find((name) => containers.some((one) => one.name === name && one.pid === 0))
  if (stopped !== undefined) return `${stopped} does not run any more.`
  const bare = parts.find((name) =>
    containers.some(
      (one) => one.name === name && one.endpoints.every(({ ipv4, ipv6 }) => ipv4 === null && ipv6 === null),
    ),
  )
  return bare === undefined ? 'There is no such way any more.' : `${bare} has no address any more.`
}

/** Tells whether a way ends on the real host as it does on what was made of it. */
export function isTrueTo(real: HostState, before: Side, { before: way }: WayPair): boolean {
  if (way === null) return true
  const [there, here]: readonly Ending[] = [traceWay(real, way), traceWay(before.state, way)]
  return there !== undefined && here !== undefined && isOpen(there.disposition) === isOpen(here.disposition)
}
