import type { StoreApi } from 'zustand/vanilla'
import type { Flow } from '../../core/trace/flow.ts'
import type { WatchTarget } from '../../core/watch/watch.ts'
import type { Client } from '../../protocol/connect.ts'
import type { AppState } from './store.ts'
import type { Mode, WatchData, WatchForm, WatchView } from './watch-data.ts'

export interface WatchActions extends PacketActions, CaptureActions {
  setMode(mode: Mode): void
  setWatchForm(change: Partial<WatchForm>): void
  /** Turns to the form with this target in it. */
  aimWatch(target: WatchTarget): void
  /** Takes a connected client: reads which watches there are, follows them until it closes. */
  followWatches(client: Client): void
  /** Starts what the form says; what is wrong with it ends in `watch.errors`. */
  startWatch(): Promise<void>
  /** Pauses the watch on show, or lets it go on. */
  pauseWatch(): Promise<void>
  stopWatch(): Promise<void>
  forgetWatch(id: string): Promise<void>
  showWatch(id: string | null): void
  showFlow(id: number | null): void
  setWatchView(view: WatchView): void
  /** Fills the trace form with the flow, its source port too, and traces it. */
  traceFlow(flow: Flow): void
  dismissWatchProblem(): void
}

export interface PacketActions {
  /** Fetches packets that are not here yet; numbers outside of the ring are passed over. */
  fetchPackets(from: number, next: number): void
  /** Looks at one packet; a number outside of the ring means the nearest. */
  showPacket(seq: number | null): void
  /** The packet before or after; a watch that runs is paused first. */
  stepPacket(by: 1 | -1): void
  firstPacket(): void
  lastPacket(): void
  toggleReplay(): void
  pauseReplay(): void
  setReplaySpeed(speed: number): void
  /** Moves a replay on to a packet; `passed` are all up to it. */
  passPackets(passed: WatchData['passed'], cursor: number): void
}

export interface CaptureActions {
  exportWatch(): Promise<void>
  /** Saves the frames of the live trace that ended last. */
  exportLive(): Promise<void>
  /** Reads a capture file and shows it. */
  importFile(file: File): Promise<void>
  loadSession(): Promise<void>
  openSessionItem(index: number): Promise<void>
  saveSession(): Promise<void>
}

export type WatchSet = StoreApi<AppState>['setState']
export type WatchGet = StoreApi<AppState>['getState']
export type Change = (part: Partial<WatchData>) => void

/** The one client of the moment; null before the first. */
export interface ClientHolder {
  client: Client | null
}
