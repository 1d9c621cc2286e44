import type { HostState } from '../../core/host/host-state.ts'
import { type HostPieces, joinHost } from '../../core/parse/assemble-host-state.ts'
import type { Frame } from '../../core/parse/frames.ts'
import { findConcerned, mergeHost, processOf } from '../../core/parse/merge-host.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import { readParts } from '../../core/parse/read-parts.ts'
import { completeFromApi } from '../../core/synth/from-api/complete-from-api.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { Engine } from '../docker/engine.ts'
import { statusOf } from '../docker/engine-error.ts'
import type { OpenHelper, ProbeKeeper } from '../probe/probe-keeper.ts'
import type { Concern } from './concern.ts'
import { readTables } from './make-scene-host.ts'

export interface ReaderOptions {
  readonly helper: ProbeKeeper
  /** Tells whether a host is not to be read at all when the helper cannot be used for this reason. */
  readonly needsHelper: (failure: Failure) => boolean
  /** A whole reading begins, which takes a while. */
  readonly onWhole: () => void
}

/** Reads a host through the API and the helper: all of it, or what has changed since. */
export class HostReader {
  readonly #options: ReaderOptions
  #pieces: HostPieces | null = null
  #state: HostState | null = null

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** The state that was read last. */
  state(): HostState | null {
    return this.#state
  }

  /** Reads everything. Rejects with the engine's error. */
  async readWhole(engine: Engine, signal?: AbortSignal): Promise<Outcome<HostState>> {
    const helper = await this.#options.helper.open(engine)
    if (!helper.ok && this.#options.needsHelper(helper.failure)) return helper
    this.#options.onWhole()
    const docker = await engine.host.answers()
    const pids = docker.containers.flatMap(processOf)
    const frames = helper.ok ? await this.#readFrames(engine, helper.value, pids, signal) : helper
    if (!frames.ok && frames.failure.code === 'cancelled') return frames
    // Whoever was given up has been overtaken by others: what they have read is not to be overwritten.
    signal?.throwIfAborted()
    return this.#keep({
      capturedAt: new Date().toISOString(),
      docker,
      read: readParts(frames.ok ? frames.value.value : []),
      frameProblems: frames.ok ? frames.value.problems : [],
      noProbe: frames.ok ? null : frames.failure.message,
      names: [],
    })
  }

  /**
   * Reads what is concerned and the host's own namespace, and merges it into what is known; reads everything where that is
   * not enough. Where nothing is concerned the state that is known is given, the very same. Rejects with the engine's error.
   */
  async readChanges(engine: Engine, concern: Concern | null, signal?: AbortSignal): Promise<Outcome<HostState>> {
    const known = this.#pieces
    if (known === null || concern === null) return this.readWhole(engine, signal)
    if (this.#state !== null && concern.containers.size + concern.networks.size === 0) {
      return { ok: true, value: this.#state }
    }
    const [containers, networks] = await Promise.all([
      engine.host.containers(findConcerned(known, [...concern.containers])),
      engine.host.networks([...concern.networks]),
    ])
    const read = known.noProbe === null ? await this.#readSome(engine, containers, signal) : null
    const change = { capturedAt: new Date().toISOString(), containers, networks, read }
    const merged = mergeHost(known, change)
    signal?.throwIfAborted()
    return merged === null ? this.readWhole(engine, signal) : this.#keep(merged)
  }

  /** Null where the helper cannot be used any more, or what it printed is damaged: of a part nobody could tell what is missing. */
  async #readSome(engine: Engine, containers: ReadonlyMap<string, unknown>, signal?: AbortSignal) {
    const helper = await this.#options.helper.open(engine)
    if (!helper.ok) return null
    const frames = await this.#readFrames(engine, helper.value, [...containers.values()].flatMap(processOf), signal)
    return frames.ok && frames.value.problems.length === 0 ? readParts(frames.value.value) : null
  }

  /** Somebody may have removed the helper: then another one is started, once. */
  async #readFrames(
    engine: Engine,
    { probe }: OpenHelper,
    pids: readonly number[],
    signal?: AbortSignal,
  ): Promise<Outcome<Parsed<readonly Frame[]>>> {
    try {
      return { ok: true, value: await probe.read(pids, signal) }
    } catch (error) {
      const status = statusOf(error)
      if (status !== 404 && status !== 409) throw error
      this.#options.helper.forget()
      const another = await this.#options.helper.open(engine)
      return another.ok ? { ok: true, value: await another.value.probe.read(pids, signal) } : another
    }
  }

  #keep(pieces: HostPieces): Outcome<HostState> {
    const joined = joinHost(pieces)
    const state = pieces.noProbe === null ? joined : completeFromApi(joined, readTables)
    this.#pieces = pieces
    this.#state = state
    return { ok: true, value: state }
  }
}
