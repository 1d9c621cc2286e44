import type { HostState } from '../core/host/host-state.ts'
import type { Flow } from '../core/trace/flow.ts'
import type { LiveReport, ProbeKind } from '../core/trace/live-report.ts'
import type { TraceReport } from '../core/trace/trace-report.ts'
import type {
  ImportedCapture,
  WatchFlow,
  WatchInfo,
  WatchPacket,
  WatchTarget,
  WatchUpdate,
} from '../core/watch/watch.ts'
import type { LabMethods, ManageEvents, ManageMethods } from './manage-methods.ts'

/** Where the shown host comes from. `sample` is the captured host that is shown when no engine can be reached. */
export type SourceKind = 'docker' | 'snapshot' | 'sandbox' | 'sample'

/** What the backend is doing about its source; pushed on every change. `problem` is one sentence that says what to do. */
export interface SourceStatus {
  readonly kind: SourceKind
  readonly phase: 'connecting' | 'preparing-probe' | 'reading' | 'ready' | 'reconnecting' | 'failed'
  /** `Docker 28.5.2 · local`, `snapshot h.json`, `sample host`. */
  readonly label: string
  /** 0..1 while something longer than a second goes on, else null; `activity` names it. */
  readonly progress: number | null
  readonly activity: string | null
  readonly problem: string | null
  /** Of an engine that was there and cannot be reached any more; phase is `reconnecting`, and `problem` says why. */
  readonly lost?: LostEngine
  /** Whether the privileged helper may be used; absent where there is no engine to run one on, or not yet. */
  readonly helperConsent?: HelperConsent
}

/** Times are ISO 8601, by the backend's clock. It is tried again by itself; `refresh` tries it at once. */
export interface LostEngine {
  readonly since: string
  /** Null while it is tried. */
  readonly nextTry: string | null
}

/** What the user has said about the privileged helper on this engine. */
export interface HelperConsent {
  /** `pending`: nobody was asked yet. Until then, and when it was refused, the host is what Docker's API tells of it. */
  readonly answer: 'pending' | 'allowed' | 'refused'
  /** One sentence about the keeping of answers that the user should read: one could not be read, or not be kept. */
  readonly note: string | null
  /** The engine that it is about, as its address. */
  readonly engine: string
}

/** Failure codes; each has its exit status on the command line. */
export type FailureCode =
  | 'bad-params'
  | 'unknown-method'
  | 'unknown-endpoint'
  | 'unknown-name'
  | 'bad-flow'
  | 'engine-unreachable'
  | 'engine-too-old'
  | 'engine-denied'
  | 'probe-failed'
  /** It needs the privileged helper, and that was refused or not allowed yet. */
  | 'helper-refused'
  /** This host cannot be changed: it is a snapshot or the sample, or the sandbox has nothing of the kind. */
  | 'not-managed'
  /** The engine refused a change, or would; the message has its own words. */
  | 'engine-refused'
  | 'unreadable-file'
  | 'cancelled'
  /** The connection to the backend ended before the answer came. */
  | 'disconnected'
  | 'internal'

/** A failure as a value: `message` says what happened, `hint` what to do; `at` is a position in the input where there is one. */
export interface Failure {
  readonly code: FailureCode
  readonly message: string
  readonly hint?: string
  readonly at?: string
}

/** Every method: its parameters and its result. Declared here, and in manage-methods.ts what changes the host. */
export interface Methods extends ManageMethods, LabMethods {
  readonly hello: { params: Record<string, never>; result: { readonly version: string; readonly status: SourceStatus } }
  readonly hostState: {
    params: Record<string, never>
    result: { readonly revision: number; readonly state: HostState } | null
  }
  readonly refresh: { params: Record<string, never>; result: { readonly revision: number } }
  /** Answers whether the privileged helper may be used on this engine, now and at later starts; the host is then read anew. */
  readonly answerConsent: { params: { readonly answer: 'allowed' | 'refused' }; result: Record<string, never> }
  readonly trace: { params: { readonly flow: Flow; readonly tried: boolean }; result: Made<TraceReport> }
  /** Sends a probe and watches it; from outside it waits for a packet, at most so many seconds. */
  readonly liveTrace: {
    params: {
      readonly flow: Flow
      readonly tried: boolean
      readonly probe: ProbeKind
      readonly waitSeconds: number
    }
    result: Made<LiveReport>
  }
  /**
   * Begins to watch traffic. A BPF filter that does not compile is a `bad-params` failure at `filter` with tcpdump's words.
   * `watchUpdate` tells what goes on; a watch to whose updates nobody listens for a while ends by itself.
   */
  readonly startWatch: { params: WatchQuestion; result: WatchInfo }
  /** All that there are, imported captures too, in the order in which they began. */
  readonly listWatches: { params: Record<string, never>; result: readonly WatchInfo[] }
  /** While it is paused packets are counted and not kept: the ring and the flows stand still. */
  readonly pauseWatch: { params: WatchId; result: WatchInfo }
  readonly resumeWatch: { params: WatchId; result: WatchInfo }
  /** Ends its tools; what it kept stays until it is forgotten. */
  readonly stopWatch: { params: WatchId; result: WatchInfo }
  readonly forgetWatch: { params: WatchId; result: Record<string, never> }
  /** All flows that the table has. */
  readonly watchFlows: { params: WatchId; result: readonly WatchFlow[] }
  /** At most `count` packets from number `from` on; those that the ring has no more are passed over. */
  readonly watchPackets: {
    params: WatchId & { readonly from: number; readonly count: number }
    result: { readonly packets: readonly WatchPacket[]; readonly first: number; readonly next: number }
  }
  /** What a watch kept as pcapng. */
  readonly exportWatch: { params: WatchId; result: Download }
  /** The frames of the live trace that ended last as pcapng, with the rules that they met as comments. */
  readonly exportLive: { params: Record<string, never>; result: Download }
  /** Takes a file's next piece (base64, at most 48 kB of it a call); `upload` null begins a file. */
  readonly upload: {
    params: { readonly upload: string | null; readonly data: string }
    result: { readonly upload: string; readonly bytes: number }
  }
  /** Gives a piece of a download from a byte on; `next` null with the last one, after which it is gone. */
  readonly download: {
    params: { readonly download: string; readonly offset: number }
    result: { readonly data: string; readonly next: number | null }
  }
  /** Reads an uploaded pcapng file of any program, and finds its packets' places on this host. */
  readonly importCapture: { params: { readonly upload: string; readonly name: string }; result: ImportedCapture }
  /** What a session would hold: the reports that were made, or those of the session file that is shown. */
  readonly sessionReports: { params: Record<string, never>; result: readonly SessionItem[] }
  readonly sessionReport: { params: { readonly index: number }; result: SessionContent }
  /** Host states, reports and frames as one file, which `--snapshot` takes on a machine without Docker. */
  readonly saveSession: { params: Record<string, never>; result: Download }
}

/**
 * A report, and what it was made on: `revision` is that of the host state, `basis` names all of it that decides where packets
 * go (nameBasis). A host whose newest state has another name has changed since, also while the report was on its way.
 */
export interface Made<R> {
  readonly report: R
  readonly revision: number
  readonly basis: string
}

/** What is to be watched. `snapLength` is how much of each packet is kept, in bytes. */
export interface WatchQuestion {
  readonly target: WatchTarget
  readonly filter: string
  readonly ringBytes: number
  readonly snapLength: number
}

export interface WatchId {
  readonly id: string
}

/** A file that the backend has made, to be fetched piece by piece with `download`. */
export interface Download {
  readonly download: string
  /** A file name for it. */
  readonly name: string
  readonly bytes: number
}

/** One thing of a session, for a list. */
export interface SessionItem {
  readonly index: number
  readonly kind: 'predicted' | 'live' | 'watch'
  /** `c1 > facebook.com (icmp)`, or what was watched. */
  readonly label: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Bytes of its capture; null where it has none. */
  readonly captureBytes: number | null
}

/** The thing itself. A watch, and the frames of a live trace, are opened as an imported capture. */
export type SessionContent =
  | { readonly kind: 'predicted'; readonly report: TraceReport }
  | { readonly kind: 'live'; readonly report: LiveReport; readonly capture: ImportedCapture | null }
  | { readonly kind: 'watch'; readonly capture: ImportedCapture }

/** How far a live trace is: `text` says it in words, `fraction` how much of it is done where that is known. */
export interface LiveProgress {
  readonly phase: 'reading' | 'predicting' | 'starting' | 'sent' | 'waiting' | 'first' | 'answered' | 'collecting'
  readonly text: string
  readonly fraction: number | null
}

/** Every event that can be subscribed to, with its payload. */
export interface Events extends ManageEvents {
  readonly status: SourceStatus
  /** A new host state is there; fetch it with `hostState`. */
  readonly hostStateChanged: { readonly revision: number }
  /** Of every live trace that is under way. */
  readonly liveProgress: LiveProgress
  /** Of every watch that is under way, about four times a second, and once when its stage changes. */
  readonly watchUpdate: WatchUpdate
}

export type Method = keyof Methods
export type EventName = keyof Events
export type Params<M extends Method> = Methods[M]['params']
export type ResultOf<M extends Method> = Methods[M]['result']

/** What a call gives: a value or a failure, never an exception. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }
