import { writePcapng } from '../../core/capture/write-pcapng.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { SESSION_SCHEMA, type Session, type SessionEntry } from '../../core/session/session.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { LiveReport } from '../../core/trace/live-report.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import type { SessionItem } from '../../protocol/contract.ts'
import { readVersion } from '../package-root.ts'
import { type LiveFrames, makeLiveCapture } from '../watch/live-capture.ts'

/** Most reports that are kept; the oldest go first. */
const MOST_ENTRIES = 200

/** A watch as it goes into a session. */
export interface WatchEntry {
  readonly label: string
  readonly capture: Uint8Array
}

/** An entry with its host itself, and its capture as a function: most are never asked for. */
interface Recorded {
  readonly host: HostState
  readonly make: (host: number) => SessionEntry
  readonly item: Omit<SessionItem, 'index'>
  readonly capture: Uint8Array | null
}

/** Keeps what was done since the start, beside what the file has that is shown. */
export class SessionRecorder {
  readonly #saved: () => Session | null
  readonly #recorded: Recorded[] = []

  /** `saved` gives the session of the file that is shown, where it is one. */
  constructor(saved: () => Session | null) {
    this.#saved = saved
  }

  addPrediction(report: TraceReport, host: HostState): void {
    const at = now()
    const item = { kind: 'predicted', label: wordFlow(report.flow), at, captureBytes: null } as const
    this.#add({ host, item, capture: null, make: (index) => ({ kind: 'predicted', at, host: index, report }) })
  }

  /** Keeps a live trace with the frames that were seen. */
  addLive(report: LiveReport, frames: LiveFrames | null, host: HostState): void {
    const at = now()
    const capture = frames === null ? null : writePcapng(makeLiveCapture(frames, report, host))
    const label = wordFlow(report.predicted.flow)
    const item = { kind: 'live', label, at, captureBytes: capture?.length ?? null } as const
    const base64 = capture === null ? null : toBase64(capture)
    this.#add({
      host,
      item,
      capture,
      make: (index) => ({ kind: 'live', at, host: index, report, capture: base64 }),
    })
  }

  #add(recorded: Recorded): void {
    this.#recorded.push(recorded)
    if (this.#recorded.length > MOST_ENTRIES) this.#recorded.shift()
  }

  /** The frames of the live trace that ended last; null when there was none. */
  lastCapture(): { readonly label: string; readonly capture: Uint8Array } | null {
    const last = this.#recorded.findLast(({ item }) => item.kind === 'live')
    return last === undefined || last.capture === null ? null : { label: last.item.label, capture: last.capture }
  }

  /** All entries, those of the file first. */
  items(): readonly SessionItem[] {
    const saved = (this.#saved()?.entries ?? []).map(describeEntry)
    return [...saved, ...this.#recorded.map(({ item }) => item)].map((item, index) => ({ index, ...item }))
  }

  /** The entry at an index of `items`, or null. */
  entry(index: number): SessionEntry | null {
    const saved = this.#saved()?.entries ?? []
    return saved[index] ?? this.#recorded[index - saved.length]?.make(0) ?? null
  }

  /** Everything as one file; `current` is the state that is shown when it is opened. */
  toSession(current: HostState, watches: readonly WatchEntry[]): Session {
    const saved = this.#saved()
    const hosts: HostState[] = [...(saved?.hosts ?? [])]
    const indexOf = (host: HostState): number => {
      const known = hosts.indexOf(host)
      return known >= 0 ? known : hosts.push(host) - 1
    }
    const recorded = this.#recorded.map(({ host, make }) => make(indexOf(host)))
    // The last one is shown.
    const shown = hosts.at(-1) === current ? hosts.length - 1 : hosts.push(current) - 1
    const at = now()
    const watched = watches.map(({ label, capture }): SessionEntry => {
      return { kind: 'watch', at, host: shown, label, capture: toBase64(capture) }
    })
    const entries = [...(saved?.entries ?? []), ...recorded, ...watched]
    return { schema: SESSION_SCHEMA, application: `Hopwire ${readVersion()}`, savedAt: at, hosts, entries }
  }
}

function describeEntry(entry: SessionEntry): Omit<SessionItem, 'index'> {
  const { kind, at } = entry
  switch (kind) {
    case 'predicted':
      return { kind, at, label: wordFlow(entry.report.flow), captureBytes: null }
    case 'live':
      return { kind, at, label: wordFlow(entry.report.predicted.flow), captureBytes: sizeOf(entry.capture) }
    case 'watch':
      return { kind, at, label: entry.label, captureBytes: sizeOf(entry.capture) }
    default:
      return kind satisfies never
  }
}

/** `c1 > facebook.com (icmp)`, `web > 10.0.0.1:80 (tcp)`. */
function wordFlow({ from, to, protocol, destinationPort }: Flow): string {
  return `${from} > ${to}${destinationPort === undefined ? '' : `:${destinationPort}`} (${protocol})`
}

function sizeOf(base64: string | null): number | null {
  return base64 === null ? null : Buffer.byteLength(base64, 'base64')
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function now(): string {
  return new Date().toISOString()
}
