import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import type { Failure, Outcome, SourceStatus } from '../../protocol/contract.ts'
import { type ConsentGiver, sameConsent } from '../consent/consent.ts'
import { type Endpoint, type EndpointChoice, resolveEndpoint } from '../docker/endpoint.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { whileAnswering } from '../docker/while-answering.ts'
import { EngineLink, type LinkTimes, type Loss } from '../docker/engine-link.ts'
import { createDockerManager } from '../manage/docker/docker-manager.ts'
import type { Manager } from '../manage/manager.ts'
import { type OpenHelper, ProbeKeeper } from '../probe/probe-keeper.ts'
import type { HelperAnswer } from '../settings/settings.ts'
import { askName } from './ask-name.ts'
import { type Concern, concernOf, Concerns } from './concern.ts'
import { explainError, explainState } from './explain-docker.ts'
import { HostReader } from './host-reader.ts'
import { SecondLook } from './second-look.ts'
import { untilCancelled } from '../until-cancelled.ts'
import { describeOwnTraffic } from '../watch/own-traffic.ts'
import type { OwnTraffic } from '../watch/traffic-plan.ts'
import type { Reading, Source, SourceChange } from './source.ts'

/**
 * What to do when the privileged helper cannot be used: `optional` goes on with what the API tells, and the state then has
 * gaps in place of rules and routes; `required` gives a failure. Where the user has not allowed it (`consent`; by default
 * nobody is asked, and it is allowed) both go on with what the API tells.
 */
export interface DockerSourceOptions extends EndpointChoice {
  readonly probe?: 'optional' | 'required'
  readonly consent?: ConsentGiver
  /** How patient it is with an engine that went away. */
  readonly times?: Partial<LinkTimes>
}

type WorkWith<W, T> = (means: W, signal: AbortSignal) => Promise<T>

/** Returns the source over a real engine. Nothing is asked of it before the first load. */
export function createDockerSource(options: DockerSourceOptions = {}): Source {
  return new DockerSource(options)
}

class DockerSource implements Source {
  readonly kind = 'docker'
  readonly #options: DockerSourceOptions
  readonly #handlers = new Set<(change: SourceChange) => void>()
  readonly #link: EngineLink
  readonly #helper: ProbeKeeper
  readonly #reader: HostReader
  readonly #concerns = new Concerns()
  readonly #secondLook = new SecondLook((concern) => this.#change(concern))
  #status: SourceStatus
  #endpoint: Endpoint | null = null
  #manager: Manager | null = null
  #closed = false

  constructor(options: DockerSourceOptions) {
    this.#options = options
    const label = options.dockerHost ?? options.context ?? 'Docker'
    this.#status = { kind: 'docker', phase: 'connecting', label, progress: null, activity: null, problem: null }
    this.#link = new EngineLink(
      () => this.#reach(),
      {
        onReached: (engine, missed) => this.#onReached(engine, missed),
        onEvent: (event) => {
          const concern = concernOf(event)
          if (this.#change(concern)) this.#secondLook.note(concern)
        },
        onLost: (loss) => this.#onLost(loss),
      },
      options.times,
    )
    this.#helper = new ProbeKeeper(options.consent ?? sameConsent('allowed'), {
      onPrepare: () => this.#become({ phase: 'preparing-probe', activity: 'preparing the probe' }),
      onProgress: (activity, progress) => this.#become({ activity, progress }),
      onConsent: (consent) => this.#become({ helperConsent: { ...consent, engine: this.#endpoint?.label ?? '' } }),
    })
    this.#reader = new HostReader({
      helper: this.#helper,
      needsHelper: ({ code }) => code === 'cancelled' || (options.probe === 'required' && code !== 'helper-refused'),
      onWhole: () => this.#become({ phase: 'reading', progress: null, activity: 'reading the host' }),
    })
  }

  status(): SourceStatus {
    return this.#status
  }

  async load(signal?: AbortSignal, reading: Reading = 'whole'): Promise<Outcome<HostState>> {
    const loading = this.#load(reading, signal).catch((error: unknown) => this.#failed(error, signal))
    const outcome = await untilCancelled(loading, signal)
    if (outcome.ok) {
      const problem = explainState(outcome.value, this.#status)
      if (!this.#link.isLost()) this.#become({ phase: 'ready', progress: null, activity: null, problem })
      return outcome
    }
    this.#concerns.add(null)
    if (outcome.failure.code !== 'cancelled' && !this.#link.isLost()) {
      this.#become({ phase: 'failed', progress: null, activity: null, problem: outcome.failure.message })
    }
    return outcome
  }

  async #load(reading: Reading, signal?: AbortSignal): Promise<Outcome<HostState>> {
    if (this.#closed) return closedMeanwhile
    const connected = await this.#connect()
    if (!connected.ok) return connected
    const concern = this.#concerns.take()
    const wanted = reading === 'whole' ? null : concern
    const read = await this.#link.during((both) => this.#reader.readChanges(connected.value, wanted, both), signal)
    // What an event came for meanwhile may have been read half way through its change. Once is enough for who looks at the
    // host as it is now: of what follows the event tells anyway.
    const isCut = read.ok && reading === 'whole' && this.#concerns.isWaiting()
    return isCut ? this.#load('changes', signal) : read
  }

  #connect(): Promise<Outcome<Engine>> {
    if (this.#link.engine() === null && !this.#link.isLost()) {
      this.#become({ phase: 'connecting', activity: 'connecting to the engine' })
    }
    return this.#link.connect()
  }

  /** Where an engine has once been, it is waited for. */
  async #reach(): Promise<Outcome<Engine>> {
    const endpoint =
      this.#endpoint === null ? resolveEndpoint(this.#options) : { ok: true as const, value: this.#endpoint }
    if (!endpoint.ok) return endpoint
    const connected = await connectEngine(endpoint.value)
    if (connected.ok) this.#endpoint = endpoint.value
    return connected
  }

  #onReached(engine: Engine, missed: boolean): void {
    const where = this.#options.dockerHost ?? this.#options.context ?? 'local'
    const during: EngineLink['during'] = (...args) => this.#link.during(...args)
    const parts = { connect: () => this.#connect(), during, state: () => this.#reader.state() }
    this.#manager ??= createDockerManager(parts, engine.version)
    const { lost, ...status } = this.#status
    this.#status = status
    this.#become({ label: `Docker ${engine.version.replace(/[+-].*$/, '')} · ${where}` })
    if (lost !== undefined) this.#become({ phase: 'reading', activity: 'reading the host', problem: null })
    if (missed) this.#change(null)
  }

  /** Something must be read anew; gives whether anything must. */
  #change(concern: Concern | null): boolean {
    const isNews = this.#concerns.add(concern)
    if (isNews) this.#emit('state')
    return isNews
  }

  /** An engine that has gone has taken the helper with it, and another may come back: one that has another answer. */
  #onLost({ since, nextTry, reason }: Loss): void {
    if (this.#status.lost === undefined) this.#helper.startOver()
    this.#secondLook.close()
    this.#become({ phase: 'reconnecting', progress: null, activity: null, problem: reason, lost: { since, nextTry } })
  }

  answerConsent(answer: HelperAnswer): Promise<Outcome<Record<string, never>>> {
    return this.#work(async (engine) => {
      await this.#helper.answer(engine, answer)
      this.#change(null)
      return { ok: true, value: {} }
    })
  }

  async resolve(namespace: string, name: string, signal?: AbortSignal): Promise<Outcome<NameAnswer>> {
    const known = this.#reader.state()
    const loaded = known === null ? await this.load(signal) : ({ ok: true, value: known } as const)
    if (!loaded.ok) return loaded
    return this.#work(
      async (engine, both) => askName(loaded.value, await this.#helper.open(engine), { namespace, name }, both),
      signal,
    )
  }

  watch(...[plan, onPhase, signal, enough]: Parameters<Source['watch']>): ReturnType<Source['watch']> {
    return this.#withHelper(({ probe }, both) => probe.watch(plan, onPhase, both, enough), signal)
  }

  listen(...[plan, onTraffic, signal]: Parameters<NonNullable<Source['listen']>>) {
    const nothing = (): Record<string, never> => ({})
    return this.#withHelper(({ probe }, both) => probe.listen(plan, onTraffic, both).then(nothing), signal)
  }

  #withHelper<T>(work: WorkWith<OpenHelper, T>, signal?: AbortSignal) {
    return this.#work<T>(async (engine, both) => {
      const helper = await this.#helper.open(engine)
      return helper.ok ? { ok: true, value: await work(helper.value, both) } : helper
    }, signal)
  }

  async #work<T>(work: WorkWith<Engine, Outcome<T>>, signal?: AbortSignal): Promise<Outcome<T>> {
    try {
      const connected = await this.#connect()
      return connected.ok ? await this.#link.during((both) => work(connected.value, both), signal) : connected
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error, signal) }
    }
  }

  manager(): Manager | null {
    return this.#manager
  }

  ownTraffic(): readonly OwnTraffic[] {
    return this.#endpoint === null ? [] : describeOwnTraffic(this.#endpoint)
  }

  /** A command that reads once has nobody who listens, and then no stream is opened. */
  onChange(handler: (change: SourceChange) => void): () => void {
    this.#handlers.add(handler)
    this.#link.follow()
    return () => void this.#handlers.delete(handler)
  }

  /** What is to be removed is waited for as long as the engine answers; a helper that nobody removes ends by itself. */
  async close(): Promise<void> {
    const engine = this.#closed ? null : this.#link.engine()
    const silentFor = this.#link.silentFor()
    this.#closed = true
    this.#link.close()
    this.#secondLook.close()
    this.#handlers.clear()
    const closing = this.#helper.close()
    await (engine === null ? closing : whileAnswering(engine, closing, silentFor))
  }

  #failed(error: unknown, signal?: AbortSignal): Outcome<HostState> {
    if (this.#closed) return closedMeanwhile
    const failure = this.#failureOf(error, signal)
    if (failure.code === 'engine-unreachable') {
      this.#helper.forget()
      this.#link.lose(failure.message)
    }
    return { ok: false, failure }
  }

  #failureOf(error: unknown, signal?: AbortSignal): Failure {
    return explainError(error, this.#status, this.#endpoint?.label ?? this.#status.label, signal)
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
