import type { ConntrackEntry } from '../host/conntrack-entry.ts'

/** What conntrack tells of one connection: that it was there when it was listed, that it is new, has changed, or is gone. */
export interface ConntrackEvent {
  readonly kind: 'listed' | 'new' | 'update' | 'destroy'
  /** Of a destroyed one, timeout and state may be missing (0, null). */
  readonly entry: ConntrackEntry
}
