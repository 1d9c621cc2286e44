/** What the helper is told to do for one live trace; every text in it was made from numbers and addresses. */
export interface WatchPlan {
  /** Names the nft tables and is in no two watches the same. */
  readonly id: string
  /** Milliseconds: the longest wait, how long nothing may move without an answer, and how long after one. */
  readonly limit: number
  readonly idle: number
  readonly settle: number
  /** Lengths of IP packets that the probe and its answers may have, for the drop reasons. */
  readonly lengths: readonly number[]
  readonly namespaces: readonly WatchedPlace[]
  /** Null: a packet of somebody else's is waited for. */
  readonly send: SendPlan | null
}

/** One namespace to watch in. */
export interface WatchedPlace {
  /** As in `Hop.netns`. */
  readonly netns: string
  readonly inode: string
  /** A process in it; 0 for the host's own, which is the helper's. */
  readonly pid: number
  readonly filter: string
  readonly rules: string
  readonly checks: readonly Check[]
}

/** Rules to list: nft's own, and what iptables' tools print, with their counters before and after. */
export type Check = 'nft' | 'ip' | 'ip6' | 'legacy-ip' | 'legacy-ip6'

/** What is sent and from where; `words` are send-probe.pl's arguments. */
export interface SendPlan {
  readonly inode: string
  readonly pid: number
  readonly words: readonly string[]
}

/** How far a watch is. */
export type WatchPhase = 'ready' | 'sent' | 'waiting' | 'first' | 'answered'
