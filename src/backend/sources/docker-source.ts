import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import { ASSUMED, completeFromApi } from '../../core/synth/from-api/complete-from-api.ts'
import { assembleHostState, type DockerAnswers } from '../../core/parse/assemble-host-state.ts'
import type { Frame } from '../../core/parse/frames.ts'
import { isRecord, numberOf, recordOf } from '../../core/parse/json-value.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import type { Failure, Outcome, SourceStatus } from '../../protocol/contract.ts'
import { type ConsentGiver, sameConsent } from '../consent/consent.ts'
import { type EndpointChoice, resolveEndpoint } from '../docker/endpoint.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { failureOf, reasonOf, statusOf } from '../docker/engine-error.ts'
import { type OpenHelper, ProbeKeeper } from '../probe/probe-keeper.ts'
import type { HelperAnswer } from '../settings/settings.ts'
import { askName } from './ask-name.ts'
import { readTables } from './make-scene-host.ts'
import { mattersToPackets } from './matters-to-packets.ts'
import { describeOwnTraffic } from '../watch/own-traffic.ts'
import type { OwnTraffic } from '../watch/traffic-plan.ts'
import type { Source, SourceChange } from './source.ts'

/**
 * What to do when the privileged helper cannot be used: `optional` goes on with what the API tells, and the state then has
 * gaps in place of rules and routes; `required` gives a failure. Where the user has not allowed it (`consent`; by default
 * nobody is asked, and it is allowed) both go on with what the API tells.
 */
export interface DockerSourceOptions extends EndpointChoice {
  readonly probe?: 'optional' | 'required'
  readonly consent?: ConsentGiver
}

/** Returns the source over a real engine. Nothing is asked of it before the first load. */
export function createDockerSource(options: DockerSourceOptions = {}): Source {
  return new DockerSource(options)
}

class DockerSource implements Source {
  readonly kind = 'docker'
  readonly #options: DockerSourceOptions
  readonly #handlers = new Set<(change: SourceChange) => void>()
  #status: SourceStatus
  #engine: Engine | null = null
  readonly #helper: ProbeKeeper
  #stopWatching: (() => void) | null = null
  #state: HostState | null = null
  #closed = false

  constructor(options: DockerSourceOptions) {
    this.#options = options
    const label = options.dockerHost ?? options.context ?? 'Docker'
    this.#status = { kind: 'docker', phase: 'connecting', label, progress: null, activity: null, problem: null }
    this.#helper = new ProbeKeeper(options.consent ?? sameConsent('allowed'), {
      onPrepare: () => this.#become({ phase: 'preparing-probe', activity: 'preparing the probe' }),
      onProgress: (activity, progress) => this.#become({ activity, progress }),
      onConsent: (consent) =>
        this.#become({ helperConsent: { ...consent, engine: this.#engine?.endpoint.label ?? '' } }),
    })
  }

  status(): SourceStatus {
    return this.#status
  }

  async load(signal?: AbortSignal): Promise<Outcome<HostState>> {
    const outcome = await this.#load(signal).catch((error: unknown) => this.#failed(error, signal))
    if (outcome.ok) {
      this.#state = outcome.value
      this.#become({ phase: 'ready', progress: null, activity: null, problem: this.#problemOf(outcome.value) })
    } else if (outcome.failure.code !== 'cancelled') {
      this.#become({ phase: 'failed', progress: null, activity: null, problem: outcome.failure.message })
    }
    return outcome
  }

  async #load(signal?: AbortSignal): Promise<Outcome<HostState>> {
    if (this.#closed) return closedMeanwhile
    const connected = await this.#connect()
    if (!connected.ok) return connected
    const engine = connected.value
    const helper = await this.#helper.open(engine)
    if (!helper.ok && this.#needsHelper(helper.failure)) return helper
    this.#become({ phase: 'reading', progress: null, activity: 'reading the host' })
    const docker = await engine.answers()
    const frames = helper.ok ? await this.#read(engine, helper.value, docker, signal) : helper
    const state = assembleHostState({
      capturedAt: new Date().toISOString(),
      docker,
      frames: frames.ok ? frames.value.value : [],
      frameProblems: frames.ok ? frames.value.problems : [],
      noProbe: frames.ok ? null : frames.failure.message,
      names: [],
    })
    return { ok: true, value: frames.ok ? state : completeFromApi(state, readTables) }
  }

  #needsHelper({ code }: Failure): boolean {
    return code === 'cancelled' || (this.#options.probe === 'required' && code !== 'helper-refused')
  }

  /** That the helper cannot be used is a problem; that the user does not want it is none. */
  #problemOf({ origin, gaps }: HostState): string | null {
    if (origin !== 'api' || this.#status.helperConsent?.answer !== 'allowed') return null
    return (
      gaps.find(({ namespace, what }) => namespace === null && (what === 'namespace' || what === ASSUMED))?.why ?? null
    )
  }

  async #connect(): Promise<Outcome<Engine>> {
    if (this.#engine !== null) return { ok: true, value: this.#engine }
    this.#become({ phase: 'connecting', activity: 'connecting to the engine' })
    const endpoint = resolveEndpoint(this.#options)
    if (!endpoint.ok) return endpoint
    const connected = await connectEngine(endpoint.value)
    if (!connected.ok) return connected
    this.#engine = connected.value
    const where = this.#options.dockerHost ?? this.#options.context ?? 'local'
    this.#become({ label: `Docker ${connected.value.version.replace(/[+-].*$/, '')} · ${where}` })
    this.#watch()
    return connected
  }

  /** Somebody may have removed the helper: then another one is started, once. */
  async #read(
    engine: Engine,
    { probe }: OpenHelper,
    docker: DockerAnswers,
    signal?: AbortSignal,
  ): Promise<Outcome<Parsed<readonly Frame[]>>> {
    const pids = docker.containers.flatMap(pidOf)
    try {
      return { ok: true, value: await probe.read(pids, signal) }
    } catch (error) {
      const status = statusOf(error)
      if (this.#closed || (status !== 404 && status !== 409)) throw error
      this.#helper.forget()
      const another = await this.#helper.open(engine)
      return another.ok ? { ok: true, value: await another.value.probe.read(pids, signal) } : another
    }
  }

  async answerConsent(answer: HelperAnswer): Promise<Outcome<Record<string, never>>> {
    try {
      const connected = await this.#connect()
      if (!connected.ok) return connected
      await this.#helper.answer(connected.value, answer)
      this.#emit('state')
      return { ok: true, value: {} }
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error) }
    }
  }

  async resolve(namespaceId: string, name: string, signal?: AbortSignal): Promise<Outcome<NameAnswer>> {
    const loaded = this.#state === null ? await this.load(signal) : ({ ok: true, value: this.#state } as const)
    if (!loaded.ok) return loaded
    try {
      if (this.#engine === null) return closedMeanwhile
      const helper = await this.#helper.open(this.#engine)
      return await askName(loaded.value, helper, { namespace: namespaceId, name }, signal)
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error, signal) }
    }
  }

  async watch(...[plan, onPhase, signal, enough]: Parameters<Source['watch']>): ReturnType<Source['watch']> {
    try {
      const connected = await this.#connect()
      if (!connected.ok) return connected
      const helper = await this.#helper.open(connected.value)
      if (!helper.ok) return helper
      return { ok: true, value: await helper.value.probe.watch(plan, onPhase, signal, enough) }
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error, signal) }
    }
  }

  async listen(...args: Parameters<NonNullable<Source['listen']>>): Promise<Outcome<Record<string, never>>> {
    try {
      const connected = await this.#connect()
      if (!connected.ok) return connected
      const helper = await this.#helper.open(connected.value)
      if (!helper.ok) return helper
      await helper.value.probe.listen(...args)
      return { ok: true, value: {} }
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error, args[2]) }
    }
  }

  ownTraffic(): readonly OwnTraffic[] {
    return this.#engine === null ? [] : describeOwnTraffic(this.#engine.endpoint)
  }

  onChange(handler: (change: SourceChange) => void): () => void {
    this.#handlers.add(handler)
    this.#watch()
    return () => void this.#handlers.delete(handler)
  }

  /** A command that reads once has nobody who listens, and then no stream is opened. */
  #watch(): void {
    if (this.#engine === null || this.#handlers.size === 0 || this.#stopWatching !== null || this.#closed) return
    this.#stopWatching = this.#engine.watch({
      onEvent: (event) => {
        if (mattersToPackets(event)) this.#emit('state')
      },
      onLost: (reason) => this.#become({ phase: 'reconnecting', problem: `the engine cannot be reached: ${reason}` }),
      // What happened in between is not known.
      onReconnected: () => this.#emit('state'),
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopWatching?.()
    this.#stopWatching = null
    this.#handlers.clear()
    await this.#helper.close()
  }

  #failed(error: unknown, signal?: AbortSignal): Outcome<HostState> {
    const failure = this.#failureOf(error, signal)
    if (failure.code === 'engine-unreachable') this.#helper.forget()
    return { ok: false, failure }
  }

  #failureOf(error: unknown, signal?: AbortSignal): Failure {
    if (signal?.aborted) return { code: 'cancelled', message: 'cancelled' }
    const isEngines = statusOf(error) !== null || (error as { code?: string }).code !== undefined
    if (isEngines) return failureOf(error, this.#engine?.endpoint.label ?? this.#status.label)
    return { code: 'probe-failed', message: reasonOf(error), hint: 'try again' }
  }

  #become(change: Partial<SourceStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#emit('status')
  }

  #emit(change: SourceChange): void {
    for (const handler of [...this.#handlers]) handler(change)
  }
}

const closedMeanwhile: Outcome<never> = { ok: false, failure: { code: 'cancelled', message: 'the source was closed' } }

function pidOf(container: unknown): readonly number[] {
  const pid = isRecord(container) ? numberOf(recordOf(container, 'State'), 'Pid') : null
  return pid === null || pid === 0 ? [] : [pid]
}
