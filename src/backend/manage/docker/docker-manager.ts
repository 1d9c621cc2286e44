import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import type { ImageInfo, Inspected, ObjectKind } from '../../../core/manage/inventory.ts'
import type { ActionPlan } from '../../../core/manage/plan.ts'
import type { Outcome } from '../../../protocol/contract.ts'
import type { Engine } from '../../docker/engine.ts'
import type { EngineLink } from '../../docker/engine-link.ts'
import { untilCancelled } from '../../until-cancelled.ts'
import { consoleFailure } from '../console/console-failure.ts'
import { NO_LOG, openDockerLogs } from '../console/docker-logs.ts'
import { NO_TERMINAL, openDockerTerminal } from '../console/docker-terminal.ts'
import type { Manager, OnProgress, OpenedStream, Performed, UploadedFile, Undo } from '../manager.ts'
import type { Change, Work } from './change.ts'
import { LONGEST_KEPT } from './change-image.ts'
import { DockerCalls } from './docker-calls.ts'
import { fieldOf } from '../../../core/manage/find-field.ts'
import { inspectObject } from './inspect-object.ts'
import { listImages } from './list-images.ts'
import { performAction } from './perform-action.ts'
import { planAction } from './plan-action.ts'
import { attempt } from './refusal.ts'

/** What a manager of a real engine needs of it. */
type ManagedEngine = Pick<Engine, 'endpoint' | 'version' | 'requests' | 'console'>

/** What a manager of a real engine works with. An engine that went away and came back may be another one. */
export interface DockerManagerParts {
  readonly connect: () => Promise<Outcome<ManagedEngine>>
  /** Does work with the engine that was connected to; gives it up when that does not answer any more (see EngineLink). */
  readonly during: EngineLink['during']
  /** The host as it was read last; null as long as it was not. */
  readonly state: () => HostState | null
}

/** Returns the manager of a real engine. `version` is what it was when it was reached. */
export function createDockerManager(parts: DockerManagerParts, version: string): Manager {
  return new DockerManager(parts, version)
}

type Basis = Pick<Work, 'calls' | 'generation'>
type FieldOf = (message: string) => string | null

class DockerManager implements Manager {
  readonly #parts: DockerManagerParts
  #generation: number

  constructor(parts: DockerManagerParts, version: string) {
    this.#parts = parts
    this.#generation = majorOf(version)
  }

  info(): ReturnType<Manager['info']> {
    return { kind: 'docker', generation: this.#generation, lacks: [] }
  }

  images(signal: AbortSignal): Promise<Outcome<readonly ImageInfo[]>> {
    return this.#look(({ calls }) => listImages(calls), signal)
  }

  inspect(kind: ObjectKind, name: string, signal: AbortSignal): Promise<Outcome<Inspected>> {
    return this.#look(({ calls }) => inspectObject(calls, kind, name), signal)
  }

  plan(action: ManageAction, reach: boolean, signal: AbortSignal): Promise<Outcome<ActionPlan>> {
    const state = this.#parts.state()
    return this.#look((basis) => planAction({ ...basis, state }, action, reach, signal), signal)
  }

  perform(
    action: ManageAction,
    file: UploadedFile | null,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Outcome<Performed>> {
    const act = async (basis: Basis): Promise<Performed> => {
      const change = await performAction({ ...basis, onProgress, signal }, action, file)
      const { takeBack: _way, ...told } = change
      return { ...told, back: this.#backOf(change, action, file) }
    }
    return this.#change(act, signal, (message) => fieldOf(action, message))
  }

  openLogs(...args: Parameters<Manager['openLogs']>): ReturnType<Manager['openLogs']> {
    return this.#open((engine) => openDockerLogs(engine, ...args), NO_LOG)
  }

  openTerminal(...args: Parameters<Manager['openTerminal']>): ReturnType<Manager['openTerminal']> {
    return this.#open((engine) => openDockerTerminal(engine, ...args), NO_TERMINAL)
  }

  /** `what` says what did not come about. What an engine opens that had hung, after it was given up, is closed again. */
  async #open<T extends OpenedStream>(
    open: (engine: ManagedEngine) => Promise<Outcome<T>>,
    what: string,
  ): Promise<Outcome<T>> {
    const connected = await this.#parts.connect()
    if (!connected.ok) return connected
    const opening = async (givenUp: AbortSignal): Promise<Outcome<T>> => {
      const opened = await open(connected.value)
      if (givenUp.aborted && opened.ok) opened.value.close()
      return opened
    }
    try {
      return await this.#parts.during(opening)
    } catch (error) {
      return { ok: false, failure: consoleFailure(error, what) }
    }
  }

  /** The way forth again is the action itself: it is then computed anew what takes it back. */
  #backOf({ did, takeBack }: Change, action: ManageAction, file: UploadedFile | null): Undo | null {
    if (takeBack === null) return null
    // A longer file is not kept for doing an import again.
    const isShort = (file?.bytes.length ?? 0) <= LONGEST_KEPT
    const kept = isShort ? file : null
    const forth: Undo | null = isShort
      ? { label: did, run: (onProgress, signal) => this.perform(action, kept, onProgress, signal) }
      : null
    const run: Undo['run'] = (onProgress, signal) =>
      this.#change(async (basis) => {
        const notes = await takeBack({ ...basis, onProgress, signal })
        return { did: `taken back: ${did}`, notes, back: forth }
      }, signal)
    return { label: did, run }
  }

  /** What only reads is left to itself when it is cancelled. */
  #look<T>(run: (basis: Basis) => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
    return untilCancelled(this.#with(run, signal), signal)
  }

  /** An engine that hangs has taken the call, and does what it says when it goes on. */
  async #change<T>(run: (basis: Basis) => Promise<T>, signal: AbortSignal, field?: FieldOf): Promise<Outcome<T>> {
    let asked = false
    const asking = (basis: Basis): Promise<T> => {
      asked = true
      return run(basis)
    }
    const outcome = await this.#with(asking, signal, field)
    if (outcome.ok || !asked || outcome.failure.code !== 'engine-unreachable') return outcome
    return { ok: false, failure: { ...outcome.failure, hint: MAYBE_DONE } }
  }

  async #with<T>(run: (basis: Basis) => Promise<T>, signal: AbortSignal, field?: FieldOf): Promise<Outcome<T>> {
    const connected = await untilCancelled(this.#parts.connect(), signal)
    if (!connected.ok) return connected
    const { endpoint, version, requests } = connected.value
    this.#generation = majorOf(version)
    const basis = { calls: new DockerCalls(requests), generation: this.#generation }
    return attempt(endpoint.label, () => this.#parts.during(() => run(basis), signal, true), field, signal)
  }
}

const MAYBE_DONE = 'it may have been done, or be done once the engine answers: look before you try again'

/** 0 where it is not known. */
function majorOf(version: string): number {
  return Number.parseInt(version, 10) || 0
}
