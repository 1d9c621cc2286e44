import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import type { Frame } from '../../core/parse/frames.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import type { Session } from '../../core/session/session.ts'
import type { Outcome, SourceKind, SourceStatus } from '../../protocol/contract.ts'
import type { WatchPhase, WatchPlan } from '../live/watch-plan.ts'
import type { Manager } from '../manage/manager.ts'
import type { HelperAnswer } from '../settings/settings.ts'
import type { OnTraffic, OwnTraffic, TrafficPlan } from '../watch/traffic-plan.ts'

/**
 * What a source tells by itself: `status` means that `status()` gives something new, `state` that the host has changed
 * and that another `load()` would give another state.
 */
export type SourceChange = 'status' | 'state'

/**
 * How much is read: everything, or what has changed since the last reading, as far as the source knows it; a source that
 * cannot tell reads everything.
 */
export type Reading = 'whole' | 'changes'

/** A way to know a host: a Docker engine with the probe, a saved snapshot, a sandbox scene, the captured sample. */
export interface Source {
  readonly kind: SourceKind
  /** Returns what the source is doing right now. */
  status(): SourceStatus
  /** Reads the host anew. Gives a failure, and does not throw, when the host cannot be read. */
  load(signal?: AbortSignal, reading?: Reading): Promise<Outcome<HostState>>
  /**
   * Asks the resolver of one namespace for a name. NXDOMAIN or a time-out is an answer; a failure is given only when the
   * question could not be asked (a saved state has nobody to ask: `unknown-name`).
   */
  resolve(namespaceId: string, name: string, signal?: AbortSignal): Promise<Outcome<NameAnswer>>
  /**
   * Has a packet sent and watched in the host's namespaces, or waits for one; gives what the tools printed. Fails with
   * `probe-failed` where there is nothing alive to send from. Who knows that what was waited for is over says so by
   * `enough`. All that was set up is gone when the promise settles.
   */
  watch(
    plan: WatchPlan,
    onPhase: (phase: WatchPhase) => void,
    signal?: AbortSignal,
    enough?: Promise<void>,
  ): Promise<Outcome<Parsed<readonly Frame[]>>>
  /**
   * Listens to traffic until the signal fires, and hands on what the tools print. Fails with `probe-failed` where there is
   * nothing alive to listen to. No tool runs any more when the promise settles. Absent where there is no engine.
   */
  listen?(plan: TrafficPlan, onTraffic: OnTraffic, signal: AbortSignal): Promise<Outcome<Record<string, never>>>
  /** Returns what of the host's traffic is this source's own. */
  ownTraffic?(): readonly OwnTraffic[]
  /** Returns the session that the host was read from, once it was; null where it is another file. */
  session?(): Session | null
  /**
   * Takes the user's answer to whether the privileged helper may be used; the host is then another, which `state` tells.
   * Absent where there is no helper.
   */
  answerConsent?(answer: HelperAnswer): Promise<Outcome<Record<string, never>>>
  /** Who changes this host; null as long as it cannot be changed, absent where it never can. */
  manager?(): Manager | null
  /** What was assumed when the host was made of a file, one line each; a host that was read has nothing of the kind. */
  notes?(): readonly string[]
  /** Calls the handler on every change until the returned function is called. */
  onChange(handler: (change: SourceChange) => void): () => void
  /** Ends everything that the source started (its event stream, the helper container). May be called twice. */
  close(): Promise<void>
}
