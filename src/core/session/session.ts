import type { HostState } from '../host/host-state.ts'
import type { LiveReport } from '../trace/live-report.ts'
import type { TraceReport } from '../trace/trace-report.ts'

/** The version of this shape; a file with another is refused by check-session. */
export const SESSION_SCHEMA = 'hopwire.session/1'

/** What was done on one host, to be looked at again elsewhere: its states, reports, and frames. Plain JSON. */
export interface Session {
  readonly schema: typeof SESSION_SCHEMA
  /** `Hopwire 0.1.0`. */
  readonly application: string
  /** ISO 8601, UTC. */
  readonly savedAt: string
  /** States of the host in the order in which they were read; the last one is shown. */
  readonly hosts: readonly HostState[]
  readonly entries: readonly SessionEntry[]
}

/** When, and on which of the states, by its index. */
interface EntryBase {
  readonly at: string
  readonly host: number
}

/** One thing of a session, in the order in which it was done. `capture` is a pcapng file in base64. */
export type SessionEntry = EntryBase &
  (
    | { readonly kind: 'predicted'; readonly report: TraceReport }
    | { readonly kind: 'live'; readonly report: LiveReport; readonly capture: string | null }
    | { readonly kind: 'watch'; readonly label: string; readonly capture: string }
  )
