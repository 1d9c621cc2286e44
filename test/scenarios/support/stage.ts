import { existsSync } from 'node:fs'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { type Agent, startAgent } from '../../conformance/agent.ts'
import { forgetConnections, inodeOf, serveIn } from '../../conformance/build-topology.ts'
import type { Check } from '../../conformance/judge-flow.ts'
import { FIRST_IDENTITY } from '../../conformance/observed-truth.ts'
import { type Engine, importBusybox, startEngine, startWorld, type World } from '../../lab/index.ts'
import { finish, run } from '../../lab/run-command.ts'
import { setSysctls } from '../../lab/world.ts'
import { buildScene, readAddresses } from './build-scene.ts'
import { type Asked, askFlow } from './ask-flow.ts'
import type { Setup } from './plan.ts'
import { prepareEngine, prepareWorld } from './prepare-lab.ts'

/** A real host on which scenarios run. */
export interface Stage {
  readonly engine: Engine
  readonly world: World
  readonly agent: Agent
  /** The host state that predictions are made from: what the last `settle` or `read` has read. */
  state(): HostState
  /** Path of a namespace by the agent's name: a container, `host`, `client` or `web`. */
  path(name: string): string
  /** Lets all neighbours and bridges learn of each other, forgets connections and reads the host. */
  settle(): Promise<HostState>
  /** Reads the host as it is now, connections included. */
  read(): Promise<HostState>
  /** Predicts and sends one probe. Senders: a container, `host`, `client` (198.51.100.201) or `web` (203.0.113.80). */
  ask(from: string, to: string, what?: Asked): Promise<Check>
  /** Forgets connections and reads the host. */
  refresh(): Promise<HostState>
  /** Runs programs on the host for the time of `work`, and others (that undo them) afterwards. */
  during<T>(commands: readonly string[], undo: readonly string[], work: () => Promise<T>): Promise<T>
  /** As `during`, for sysctls of the host; puts the former values back. */
  withSysctls<T>(values: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T>
  /** Names of the agent's namespaces in traces. */
  inside(): Readonly<Record<string, string>>
  nextIdentity(): number
  close(): Promise<void>
}

/** Starts a world and an engine with the scene on it. Ends all of it when something fails on the way. */
export async function openStage(setup: Setup): Promise<Stage> {
  const world = await startWorld()
  const agent = startAgent()
  try {
    await prepareWorld(world)
    const { generation, daemonOptions = {} } = setup
    const engine = await startEngine(world, { generation, daemonOptions })
    await importBusybox(engine)
    await prepareEngine(engine)
    const { hostTcp = [], hostUdp = [] } = setup
    await serveIn(engine, { label: 'host', netns: engine.netns, tcp: hostTcp, udp: hostUdp })
    const containers = await buildScene(engine, setup)
    const stage = new LiveStage(world, agent, engine, containers)
    await stage.settle()
    return stage
  } catch (error) {
    agent.close()
    world.stop()
    throw error
  }
}

class LiveStage implements Stage {
  readonly world: World
  readonly agent: Agent
  readonly engine: Engine
  readonly #paths: Readonly<Record<string, string>>
  readonly #containers: readonly string[]
  readonly #source: ReturnType<typeof createDockerSource>
  #state: HostState | null = null
  #stale = false
  #identity = 20_000

  constructor(world: World, agent: Agent, engine: Engine, containers: Readonly<Record<string, string>>) {
    this.world = world
    this.agent = agent
    this.engine = engine
    this.#containers = Object.keys(containers)
    this.#paths = { host: engine.netns, ...containers, client: world.clientNetns, web: world.netns }
    this.#source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  }

  state(): HostState {
    if (this.#state === null) throw new Error('the host has not been read')
    return this.#state
  }

  path(name: string): string {
    const path = this.#paths[name]
    if (path === undefined) throw new Error(`there is no namespace ${name}`)
    return path
  }

  async settle(): Promise<HostState> {
    const watched = this.#distinct()
    await this.agent.open(watched)
    const { neighbors } = await readAddresses(this.engine, this.#containers)
    const known = Object.fromEntries(Object.entries(neighbors).filter(([name]) => watched[name] !== undefined))
    await this.agent.warmUp({ ...known, client: [this.engine.address], web: [this.engine.address] }, FIRST_IDENTITY)
    await new Promise((resolve) => setTimeout(resolve, 350))
    return this.refresh()
  }

  async refresh(): Promise<HostState> {
    // Taps that are new know the devices of now.
    await this.agent.open(this.#distinct())
    await Promise.all(Object.values(this.#distinct()).map(forgetConnections))
    return this.read()
  }

  async read(): Promise<HostState> {
    const outcome = await this.#source.load()
    if (!outcome.ok) throw new Error(`the host could not be read: ${outcome.failure.message}`)
    this.#state = outcome.value
    this.#stale = false
    return outcome.value
  }

  async ask(from: string, to: string, what: Asked = {}): Promise<Check> {
    if (this.#stale) await this.refresh()
    const ground = {
      agent: this.agent,
      state: this.state(),
      inside: this.inside(),
      nextIdentity: () => this.nextIdentity(),
    }
    return askFlow(ground, from, to, { ...what, watchedAs: this.#watchedAs(from) })
  }

  nextIdentity(): number {
    this.#identity += 1
    return this.#identity
  }

  async during<T>(commands: readonly string[], undo: readonly string[], work: () => Promise<T>): Promise<T> {
    const enter = ['nsenter', `--net=${this.engine.netns}`, 'sh']
    try {
      await run([...enter, '-ec', commands.join('\n')])
      this.#stale = true
      return await work()
    } finally {
      await finish([...enter, '-c', undo.join('\n')])
      this.#stale = true
    }
  }

  async withSysctls<T>(values: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
    const before: Record<string, string> = {}
    for (const key of Object.keys(values)) before[key] = (await this.engine.nsenter(['cat', `/proc/sys/${key}`])).trim()
    try {
      await setSysctls(this.engine.netns, values)
      this.#stale = true
      return await work()
    } finally {
      await setSysctls(this.engine.netns, before)
      this.#stale = true
    }
  }

  inside(): Readonly<Record<string, string>> {
    const names: Record<string, string> = {}
    for (const [name, path] of Object.entries(this.#distinct())) {
      const namespace = this.state().namespaces.find((candidate) => candidate.id === inodeOf(path))
      if (namespace !== undefined) names[name] = namespace.name
    }
    return names
  }

  #watchedAs(name: string): string {
    const inode = inodeOf(this.path(name))
    return Object.entries(this.#distinct()).find(([, path]) => inodeOf(path) === inode)?.[0] ?? name
  }

  async close(): Promise<void> {
    this.agent.close()
    await this.#source.close().catch(() => undefined)
    this.world.stop()
  }

  /** One name for each namespace that is there: a second one would count its frames twice. */
  #distinct(): Record<string, string> {
    const seen = new Set<string>()
    const some = Object.entries(this.#paths).filter(([, path]) => {
      if (!existsSync(path)) return false
      const inode = inodeOf(path)
      const first = !seen.has(inode)
      seen.add(inode)
      return first
    })
    return Object.fromEntries(some)
  }
}
