import type { WatchFlow, WatchHop, WatchMove, WatchUpdate } from '../../../core/watch/watch.ts'
import type { Track } from '../../layout/geometry.ts'
import { type Place, placeKey } from '../../playback/place.ts'
import { chainJourneys, endAtHost } from './chain-journeys.ts'
import type { DeviceMap } from './device-map.ts'
import { colourOfFlow, farAddress, isLocalFlow, labelJourney, type TrafficColour } from './label-flow.ts'
import { planWay } from './plan-way.ts'

/** One packet on the picture; times are milliseconds of the page's clock. */
export interface Dot {
  readonly track: Track
  readonly begins: number
  readonly label: string
  readonly colour: TrafficColour
}

/** A wire that more packets take than an eye can follow, or than are shown one by one. */
export interface Stream {
  readonly key: string
  readonly track: Track
  readonly packetsPerSecond: number
  readonly until: number
}

/** Picture units a second: what an eye follows with ease. */
const SPEED = 430
/** A stream of which nothing is told for so long has ended. */
const STREAM_LASTS = 900
/** More dots than this say no more. */
const MOST_DOTS = 160

type Tracks = (way: readonly Place[]) => Track | null

/** What is told at one time: packets at devices, and rates there. */
export interface Beat {
  readonly moves: readonly WatchMove[]
  readonly hops: readonly WatchHop[]
  /** The time on the watch's clock that `now` stands for. */
  readonly since: number
}

/** Returns an update as a beat that is shown from its arrival on. */
export function beatOf({ moves, hops, elapsed, interval }: WatchUpdate): Beat {
  return { moves, hops, since: elapsed - interval }
}

/** Keeps what moves on the picture. */
export class TrafficModel {
  dots: readonly Dot[] = []
  streams: ReadonlyMap<string, Stream> = new Map()

  /** Takes what was told; with `calm` nothing moves, and every rate is shown as a stream. */
  take(
    beat: Beat,
    context: {
      readonly flows: ReadonlyMap<number, WatchFlow>
      readonly devices: DeviceMap
      readonly tracks: Tracks
      readonly now: number
      readonly calm: boolean
    },
  ): void {
    const { flows, devices, tracks, now, calm } = context
    const far = usualFar(flows)
    const fresh = new Map<string, Stream>()
    for (const hop of beat.hops) {
      if (!hop.aggregated && !calm) continue
      for (const stream of streamsOf(planWay(devices, hop, far), hop.packetsPerSecond, tracks, now)) {
        // Both ends of a wire tell of it: the same packets, counted by the one that sees more.
        if ((fresh.get(stream.key)?.packetsPerSecond ?? 0) < stream.packetsPerSecond) fresh.set(stream.key, stream)
      }
    }
    this.streams = new Map([...this.streams, ...fresh])
    if (!calm) this.dots = [...this.dots, ...makeDots(beat, flows, devices, tracks, now)].slice(0, MOST_DOTS)
  }

  /** Forgets what has arrived; tells whether anything is left. */
  settle(now: number): boolean {
    this.dots = this.dots.filter(({ begins, track }) => now < begins + durationOf(track))
    this.streams = new Map([...this.streams].filter(([, { until }]) => now < until))
    return this.dots.length > 0 || this.streams.size > 0
  }

  clear(): void {
    this.dots = []
    this.streams = new Map()
  }
}

/** Returns how long a dot needs for a track, in milliseconds. Short ones take longer than their length asks for. */
export function durationOf(track: Track): number {
  return Math.max(260, (track.length / SPEED) * 1000)
}

/** Returns one stream for each wire of a way, so that none is drawn across a box. */
function streamsOf(way: readonly Place[], packetsPerSecond: number, tracks: Tracks, now: number): readonly Stream[] {
  return way.slice(1).flatMap((to, index) => {
    const pair = [way[index] as Place, to]
    const track = tracks(pair)
    if (track === null || track.length === 0) return []
    return [{ key: pair.map(placeKey).join(' '), track, packetsPerSecond, until: now + STREAM_LASTS }]
  })
}

function makeDots(
  beat: Beat,
  flows: ReadonlyMap<number, WatchFlow>,
  devices: DeviceMap,
  tracks: Tracks,
  now: number,
): readonly Dot[] {
  const legs = beat.moves.map(({ flow, netns, device, direction, at }) => {
    const known = flow === null ? undefined : flows.get(flow)
    const far = known === undefined ? null : farAddress(known)
    const way = endAtHost(
      planWay(devices, { netns, device, direction }, far),
      known !== undefined && isLocalFlow(known),
    )
    return { flow, at, way, seenAt: `${netns} ${device} ${direction}` }
  })
  return chainJourneys(legs).flatMap(({ flow, at, way }) => {
    const track = tracks(way)
    if (track === null) return []
    const known = flow === null ? undefined : flows.get(flow)
    const label = known === undefined ? '' : labelJourney(known, way)
    return [{ track, begins: now + Math.max(0, at - beat.since), label, colour: colourOfFlow(known) }]
  })
}

/** Packets that are only counted have no addresses: the busiest flow to the outside stands for them. */
function usualFar(flows: ReadonlyMap<number, WatchFlow>): string | null {
  let best: WatchFlow | null = null
  for (const flow of flows.values()) {
    if (farAddress(flow) === null || flow.ended) continue
    if (best === null || flow.packetsPerSecond > best.packetsPerSecond) best = flow
  }
  return best === null ? null : farAddress(best)
}
