import type { ImportedCapture, WatchFlow, WatchInfo, WatchPacket, WatchUpdate } from '../../core/watch/watch.ts'
import { RING_BYTES, SNAP_LENGTH } from '../../protocol/check-watch.ts'
import type { SessionItem } from '../../protocol/contract.ts'

/** What the left panel and the foot are about. */
export type Mode = 'trace' | 'watch' | 'manage' | 'labs' | 'session'

/** The form of a watch as it is typed; `target` is the words of one of the offered targets. */
export interface WatchForm {
  readonly target: string
  readonly filter: string
  readonly ringBytes: number
  readonly snapLength: number
}

/** What is wrong with the question, each at its field. */
export interface WatchErrors {
  readonly target?: string
  readonly filter?: string
  readonly form?: string
}

/** What the foot lists of the watch on show. */
export type WatchView = 'flows' | 'packets' | 'notes'

/** Everything that is known of traffic as it is. All but `infos` and `imports` is of the watch on show. */
export interface WatchData {
  readonly form: WatchForm
  readonly errors: WatchErrors
  readonly starting: boolean
  readonly infos: readonly WatchInfo[]
  /** The watch on show; null for none. */
  readonly current: string | null
  readonly flows: ReadonlyMap<number, WatchFlow>
  /** What was told last; null for a watch that tells nothing any more. */
  readonly latest: WatchUpdate | null
  readonly view: WatchView
  /** The flow that was clicked. */
  readonly flow: number | null
  /** The packets kept: `first` to `next - 1`. */
  readonly kept: { readonly first: number; readonly next: number }
  /** Packets that were fetched, by number. */
  readonly packets: ReadonlyMap<number, WatchPacket>
  /** The number of the packet that is looked at. */
  readonly cursor: number | null
  readonly replay: { readonly playing: boolean; readonly speed: number }
  /** The packets that the replay passed last, for the picture. */
  readonly passed: readonly WatchPacket[]
  /** What is known of the captures that were read here. */
  readonly imports: Readonly<Record<string, ImportedCapture>>
  /** A file on its way; `fraction` 0..1. */
  readonly transfer: { readonly text: string; readonly fraction: number } | null
  /** What went wrong last; one or two sentences. */
  readonly problem: string | null
  /** What a session would hold; null before it was asked for. */
  readonly session: readonly SessionItem[] | null
}

export const INITIAL_WATCH: WatchData = {
  form: { target: '', filter: '', ringBytes: RING_BYTES.usual, snapLength: SNAP_LENGTH.usual },
  errors: {},
  starting: false,
  infos: [],
  current: null,
  flows: new Map(),
  latest: null,
  view: 'flows',
  flow: null,
  kept: { first: 0, next: 0 },
  packets: new Map(),
  cursor: null,
  replay: { playing: false, speed: 1 },
  passed: [],
  imports: {},
  transfer: null,
  problem: null,
  session: null,
}

/** What everything about the watch on show is before anything is known of it. */
export const NOTHING_SHOWN: Pick<
  WatchData,
  'flows' | 'latest' | 'flow' | 'kept' | 'packets' | 'cursor' | 'replay' | 'passed'
> = {
  flows: new Map(),
  latest: null,
  flow: null,
  kept: { first: 0, next: 0 },
  packets: new Map(),
  cursor: null,
  replay: { playing: false, speed: 1 },
  passed: [],
}

/** Returns the watch on show, or null. */
export function currentWatch({ infos, current }: WatchData): WatchInfo | null {
  return infos.find(({ id }) => id === current) ?? null
}

/** Tells whether packets of a watch can be looked at one by one: while it runs they move on under one's eyes. */
export function standsStill(info: WatchInfo | null): boolean {
  return info !== null && (info.stage === 'paused' || info.stage === 'ended')
}

/** Returns the list with one watch as it is now, in its place or at the end. */
export function putInfo(infos: readonly WatchInfo[], info: WatchInfo): readonly WatchInfo[] {
  const known = infos.some(({ id }) => id === info.id)
  return known ? infos.map((each) => (each.id === info.id ? info : each)) : [...infos, info]
}
