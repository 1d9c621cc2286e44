import type { TrafficPiece } from '../../core/parse/live/traffic-stream.ts'

/** What the helper is told to listen to. Filters are arguments of tcpdump's and never become a shell's words. */
export interface TrafficPlan {
  /** Bytes of each packet that are kept. */
  readonly snapLength: number
  /** The user's own, compiled alone first; empty for none. */
  readonly userFilter: string
  readonly places: readonly TrafficPlace[]
}

/** One namespace. `pid` is a process in it; 0 for the host's own, which is the helper's. */
export interface TrafficPlace {
  readonly inode: string
  readonly pid: number
  /** The user's filter and what confines it to the target. */
  readonly filter: string
}

/** Gets what comes. Called with every piece in the order in which the helper wrote them. */
export type OnTraffic = (piece: TrafficPiece) => void

/** Traffic that Hopwire itself causes by watching: what of it is left out, as a BPF filter, and in words. */
export interface OwnTraffic {
  readonly filter: string
  readonly why: string
}
