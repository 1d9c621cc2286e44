import type { Disposition } from '../trace/disposition.ts'

/** Something about one field of an action: `error` would be refused, `warning` would work and surprise. */
export interface FieldProblem {
  /** Path below the action: `network.subnets[0].subnet`, `endpoint.ipv4`; empty where it is about all of it. */
  readonly at: string
  readonly severity: 'error' | 'warning'
  /** One sentence; where Docker would refuse, Docker's own words. */
  readonly message: string
}

/** One way between two ends, before and after the change: `web` to `db:5432`. */
export interface ReachChange {
  readonly from: string
  readonly to: string
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  readonly before: Disposition | 'absent'
  readonly after: Disposition | 'absent'
  /** Why it ends as it does after the change, in one sentence. */
  readonly why: string
}

/** What a change would do to who can reach whom. `checked` counts all the ways that were traced. */
export interface Reachability {
  readonly opens: readonly ReachChange[]
  readonly closes: readonly ReachChange[]
  /** Still open or still closed, yet it ends otherwise than before. */
  readonly changes: readonly ReachChange[]
  readonly checked: number
  /** Null where all could be told; else one sentence about what could not. */
  readonly unknown: string | null
}

/** What an action would do, told before it is done. */
export interface ActionPlan {
  /** The `docker` command that does the same, one line, quoted for a POSIX shell. */
  readonly command: string
  readonly problems: readonly FieldProblem[]
  /** What will be lost, one sentence each; empty where nothing is. */
  readonly losses: readonly string[]
  /** Whether it can be undone, and how, in one sentence; null where it cannot. */
  readonly undo: string | null
  /** Null where it was not asked for or does not apply (images), or where problems stand in the way. */
  readonly reach: Reachability | null
}

/** What an action did. `undo` names what going back would do; null where there is no way back. */
export interface ActionDone {
  readonly did: string
  readonly command: string
  readonly undo: string | null
  /** What happened beside it that the user should know, one sentence each. */
  readonly notes: readonly string[]
  /** What was imported: names of images, or ids of those without one. */
  readonly images?: readonly string[]
}
