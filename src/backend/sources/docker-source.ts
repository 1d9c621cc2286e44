import type { Container } from '../../core/host/container.ts'
import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import { assembleHostState, type DockerAnswers } from '../../core/parse/assemble-host-state.ts'
import type { Frame } from '../../core/parse/frames.ts'
import { isRecord, numberOf, recordOf } from '../../core/parse/json-value.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import { parseResolvConf } from '../../core/host/resolv-conf.ts'
import type { Failure, Outcome, SourceStatus } from '../../protocol/contract.ts'
import { type EndpointChoice, resolveEndpoint } from '../docker/endpoint.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { failureOf, reasonOf, statusOf } from '../docker/engine-error.ts'
import { openProbe, type Probe } from '../probe/probe.ts'
import { mattersToPackets } from './matters-to-packets.ts'
import { createResolver, type Resolver } from './resolver.ts'
import type { Source, SourceChange } from './source.ts'

/**
 * What to do about the privileged helper: `optional` goes on with what the API tells when the engine refuses it, and the
 * state then has gaps in place of rules and routes; `required` gives a failure; `declined` does not try.
 */
export interface DockerSourceOptions extends EndpointChoice {
  readonly probe?: 'optional' | 'required' | 'declined'
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
  #opening: Promise<Probe> | null = null
  #stopWatching: (() => void) | null = null
  #state: HostState | null = null
  /** The host's own resolver file; containers have theirs in the state. */
  #hostResolvConf = ''
  #resolver: Resolver | null = null
  #closed = false

  constructor(options: DockerSourceOptions) {
    this.#options = options
    const label = options.dockerHost ?? options.context ?? 'Docker'
    this.#status = { kind: 'docker', phase: 'connecting', label, progress: null, activity: null, problem: null }
  }

  status(): SourceStatus {
    return this.#status
  }

  async load(signal?: AbortSignal): Promise<Outcome<HostState>> {
    const outcome = await this.#load(signal).catch((error: unknown) => this.#failed(error, signal))
    if (outcome.ok) {
      this.#state = outcome.value
      const missing = outcome.value.gaps.find(({ namespace, what }) => namespace === null && what === 'namespace')
      const problem = outcome.value.origin === 'api' ? (missing?.why ?? null) : null
      this.#become({ phase: 'ready', progress: null, activity: null, problem })
    } else if (outcome.failure.code !== 'cancelled') {
      this.#become({ phase: 'failed', progress: null, activity: null, problem: outcome.failure.message })
    }
    return outcome
  }

  async #load(signal?: AbortSignal): Promise<Outcome<HostState>> {
    if (this.#closed) return closedMeanwhile
    const connected = await this.#connect()
    if (!connected.ok) return connected
    // Closed meanwhile: a helper that is started now would have nobody to remove it.
    if (this.#closed) return closedMeanwhile
    const engine = connected.value
    const probe = await this.#openProbe(engine)
    if (!probe.ok && this.#options.probe === 'required') return probe
    this.#become({ phase: 'reading', progress: null, activity: 'reading the host' })
    const docker = await engine.answers()
    const frames = probe.ok ? await this.#read(engine, probe.value, docker, signal) : nothingRead
    this.#hostResolvConf = frames.value.find(({ command }) => command === 'resolv:self')?.output ?? ''
    const state = assembleHostState({
      capturedAt: new Date().toISOString(),
      docker,
      frames: frames.value,
      frameProblems: frames.problems,
      noProbe: probe.ok ? null : probe.failure.message,
      names: [],
    })
    return { ok: true, value: state }
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

  async #openProbe(engine: Engine): Promise<Outcome<Probe>> {
    if (this.#options.probe === 'declined') {
      return { ok: false, failure: { code: 'probe-failed', message: 'the privileged helper was declined' } }
    }
    try {
      return { ok: true, value: await this.#probe(engine) }
    } catch (error) {
      // Without a status the engine itself has gone, which is not the helper's fault.
      if (statusOf(error) === null && (error as { code?: string }).code !== undefined) throw error
      if (statusOf(error) === 403) return { ok: false, failure: failureOf(error, engine.endpoint.label) }
      const message = `the privileged helper could not be started: ${reasonOf(error)}`
      return {
        ok: false,
        failure: { code: 'probe-failed', message, hint: 'Hopwire reads rules and routes through it' },
      }
    }
  }

  /** Loads that run at the same time share one helper. */
  #probe(engine: Engine): Promise<Probe> {
    if (this.#opening === null) {
      this.#become({ phase: 'preparing-probe', activity: 'preparing the probe' })
      const opening = openProbe(engine, (activity, progress) => this.#become({ activity, progress }))
      this.#opening = opening
      opening.then(
        (probe) => (this.#resolver = createResolver(probe)),
        () => (this.#opening = null),
      )
    }
    return this.#opening
  }

  /** Somebody may have removed the helper: then another one is started, once. */
  async #read(
    engine: Engine,
    probe: Probe,
    docker: DockerAnswers,
    signal?: AbortSignal,
  ): Promise<Parsed<readonly Frame[]>> {
    const pids = docker.containers.flatMap(pidOf)
    try {
      return await probe.read(pids, signal)
    } catch (error) {
      const status = statusOf(error)
      if (this.#closed || (status !== 404 && status !== 409)) throw error
      this.#opening = null
      return (await this.#probe(engine)).read(pids, signal)
    }
  }

  async resolve(namespaceId: string, name: string, signal?: AbortSignal): Promise<Outcome<NameAnswer>> {
    const loaded = this.#state === null ? await this.load(signal) : ({ ok: true, value: this.#state } as const)
    if (!loaded.ok) return loaded
    const asker = this.#asker(loaded.value, namespaceId)
    if (this.#resolver === null || asker === null) {
      const message = `${name} cannot be looked up from there: the privileged helper cannot be used`
      return { ok: false, failure: { code: 'unknown-name', message, hint: 'give an IP address' } }
    }
    const servers = parseResolvConf(asker.resolvConf).nameservers
    try {
      return {
        ok: true,
        value: await this.#resolver({ namespace: namespaceId, pid: asker.pid, name, servers }, signal),
      }
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error, signal) }
    }
  }

  async watch(...[plan, onPhase, signal, enough]: Parameters<Source['watch']>): ReturnType<Source['watch']> {
    try {
      const connected = await this.#connect()
      if (!connected.ok) return connected
      const probe = await this.#openProbe(connected.value)
      if (!probe.ok) return probe
      return { ok: true, value: await probe.value.watch(plan, onPhase, signal, enough) }
    } catch (error) {
      return { ok: false, failure: this.#failureOf(error, signal) }
    }
  }

  #asker(state: HostState, namespaceId: string): { readonly pid: number; readonly resolvConf: string } | null {
    if (state.namespaces[0]?.id === namespaceId) return { pid: 0, resolvConf: this.#hostResolvConf }
    const inside = state.containers.filter((one): one is Container => one.namespace === namespaceId && one.pid !== 0)
    const owner = inside.find((one) => one.resolvConf !== null)
    return owner === undefined ? null : { pid: owner.pid, resolvConf: owner.resolvConf ?? '' }
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
    const probe = await this.#opening?.catch(() => null)
    // An engine that has gone has taken the helper with it.
    await probe?.close().catch(() => undefined)
  }

  #failed(error: unknown, signal?: AbortSignal): Outcome<HostState> {
    const failure = this.#failureOf(error, signal)
    if (failure.code === 'engine-unreachable') {
      void this.#opening?.then((probe) => probe.close()).catch(() => undefined)
      this.#opening = null
      this.#resolver = null
    }
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

const nothingRead: Parsed<readonly Frame[]> = { value: [], problems: [] }

function pidOf(container: unknown): readonly number[] {
  const pid = isRecord(container) ? numberOf(recordOf(container, 'State'), 'Pid') : null
  return pid === null || pid === 0 ? [] : [pid]
}
