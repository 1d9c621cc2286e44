import type { HostState } from '../core/host/host-state.ts'
import type { Flow } from '../core/trace/flow.ts'
import type { LiveReport, ProbeKind } from '../core/trace/live-report.ts'
import type { TraceReport } from '../core/trace/trace-report.ts'

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

/** Every method: its parameters and its result. The only place where a method is declared. */
export interface Methods {
  readonly hello: { params: Record<string, never>; result: { readonly version: string; readonly status: SourceStatus } }
  readonly hostState: {
    params: Record<string, never>
    result: { readonly revision: number; readonly state: HostState } | null
  }
  readonly refresh: { params: Record<string, never>; result: { readonly revision: number } }
  readonly trace: { params: { readonly flow: Flow; readonly tried: boolean }; result: TraceReport }
  /** Sends a probe and watches it; from outside it waits for a packet, at most so many seconds. */
  readonly liveTrace: {
    params: {
      readonly flow: Flow
      readonly tried: boolean
      readonly probe: ProbeKind
      readonly waitSeconds: number
    }
    result: LiveReport
  }
}

/** How far a live trace is: `text` says it in words, `fraction` how much of it is done where that is known. */
export interface LiveProgress {
  readonly phase: 'reading' | 'predicting' | 'starting' | 'sent' | 'waiting' | 'first' | 'answered' | 'collecting'
  readonly text: string
  readonly fraction: number | null
}

/** Every event that can be subscribed to, with its payload. */
export interface Events {
  readonly status: SourceStatus
  /** A new host state is there; fetch it with `hostState`. */
  readonly hostStateChanged: { readonly revision: number }
  /** Of every live trace that is under way. */
  readonly liveProgress: LiveProgress
}

export type Method = keyof Methods
export type EventName = keyof Events
export type Params<M extends Method> = Methods[M]['params']
export type ResultOf<M extends Method> = Methods[M]['result']

/** What a call gives: a value or a failure, never an exception. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }
