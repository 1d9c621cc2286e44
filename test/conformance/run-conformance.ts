import type { HostState } from '../../src/core/host/host-state.ts'
import type { Source } from '../../src/backend/sources/source.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import { type Engine, importBusybox, startEngine, startWorld, type World } from '../lab/index.ts'
import { type Agent, type CounterSource, startAgent } from './agent.ts'
import { applyRound } from './apply-round.ts'
import { type Built, buildTopology, forgetConnections, inodeOf, serveIn } from './build-topology.ts'
import { FIRST_EPHEMERAL, FIRST_IDENTITY } from './observed-truth.ts'
import { hostAddress6, nobody, prepareEngine, prepareWorld } from './outside.ts'
import type { EngineVariant, FlowPlan, RoundPlan, TopologyPlan } from './plan.ts'
import { type FlowResult, runFlow, type Stage } from './run-flow.ts'
import { readRested } from './read-rested.ts'

/** One judged flow with all that is needed to look into it. */
export interface Result extends FlowResult {
  readonly plan: TopologyPlan
  readonly round: number
  readonly flow: FlowPlan
  readonly state: HostState
}

/** What a run tells while it goes on. */
export interface Listener {
  /** After each flow, in order. */
  onResult(result: Result): void
  /** A topology, a round or a flow that could not be run to its end: nothing is left out in silence. */
  onFailure(what: string): void
  log(text: string): void
}

/** Whether Hopwire's own watcher, that of live traces, looks on and is held against the rest. */
export interface RunOptions {
  readonly observe: boolean
}

/** Runs plans of one engine generation one after the other, with one engine per daemon option set. */
export async function runConformance(
  plans: readonly TopologyPlan[],
  listener: Listener,
  { observe }: RunOptions,
): Promise<void> {
  const world = await startWorld()
  const agent = startAgent()
  try {
    await prepareWorld(world)
    for (const some of byVariant(plans)) await runOnEngine({ world, agent, listener, observe }, some)
  } finally {
    agent.close()
    world.stop()
  }
}

/** One engine after the other, each for all plans that it will do for. */
function byVariant(plans: readonly TopologyPlan[]): TopologyPlan[][] {
  const groups = new Map<string, TopologyPlan[]>()
  for (const plan of plans) {
    const key = JSON.stringify(daemonOptions(plan.engine))
    groups.set(key, [...(groups.get(key) ?? []), plan])
  }
  return [...groups.values()]
}

/** 20.10 writes rules for IPv6 only as an experiment. */
function daemonOptions({ generation, userlandProxy, ipv6 }: EngineVariant): Record<string, unknown> {
  const experimental = generation === '20' ? { experimental: true, ip6tables: true } : {}
  const six = { ipv6: true, 'fixed-cidr-v6': 'fd00:66:d0::/64', ...experimental }
  return { 'userland-proxy': userlandProxy, ...(ipv6 ? six : {}) }
}

interface Run extends RunOptions {
  readonly world: World
  readonly agent: Agent
  readonly listener: Listener
}

async function runOnEngine({ world, agent, listener, observe }: Run, plans: readonly TopologyPlan[]): Promise<void> {
  const [first] = plans
  if (first === undefined) return
  const { generation, userlandProxy, ipv6 } = first.engine
  const engine = await startEngine(world, { generation, daemonOptions: daemonOptions(first.engine) })
  const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  const read = async (): Promise<HostState> => {
    const outcome = await source.load()
    if (!outcome.ok) throw new Error(`the host could not be read: ${outcome.failure.message}`)
    return outcome.value
  }
  try {
    await importBusybox(engine)
    await prepareEngine(engine)
    await serveIn(engine, { label: 'host', netns: engine.netns, tcp: first.hostTcp, udp: first.hostUdp, ipv6: true })
    const identities = createIdentities()
    for (const plan of plans) {
      listener.log(
        `Docker ${generation}, userland proxy ${userlandProxy ? 'on' : 'off'}${ipv6 ? ', IPv6 on docker0' : ''}, topology ${plan.index} of seed ${plan.seed}`,
      )
      await guard(listener, `topology ${plan.index}`, () =>
        runTopology(
          { engine, agent, read, nextIdentity: identities, watcher: observe ? source : null },
          plan,
          listener,
        ),
      )
    }
  } finally {
    await source.close()
    engine.stop()
  }
}

/** One thing that cannot be run does not end the run, but it is told. */
async function guard(listener: Listener, what: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) =>
    listener.onFailure(`${what}: ${error instanceof Error ? error.message : String(error)}`),
  )
}

function createIdentities(): () => number {
  let last = FIRST_IDENTITY
  return () => {
    last = last + 1 < FIRST_EPHEMERAL ? last + 1 : FIRST_IDENTITY
    return last
  }
}

interface Site {
  readonly engine: Engine
  readonly agent: Agent
  readonly watcher: Source | null
  read(): Promise<HostState>
  nextIdentity(): number
}

async function runTopology(site: Site, plan: TopologyPlan, listener: Listener): Promise<void> {
  const built = await buildTopology(site.engine, plan)
  try {
    await site.agent.open(watchedPaths(site.engine, built))
    // Asked before any rule can turn the question away; a neighbour that does not answer is given up after three seconds.
    await site.agent.warmUp({ ...built.neighbors, host: [nobody, ...(built.neighbors.host ?? [])] }, FIRST_IDENTITY)
    await new Promise((resolve) => setTimeout(resolve, 3300))
    for (const [index, round] of plan.rounds.entries()) {
      await guard(listener, `topology ${plan.index} round ${index}`, async () => {
        const undo = await applyRound(site.engine, built, round)
        try {
          await runRound(site, { plan, built, index, round }, listener)
        } finally {
          await undo()
        }
      })
    }
  } finally {
    await site.agent.open({})
    await built.remove()
  }
}

/** A namespace that several containers share is watched once, under the first one's name; a sender may be any of them. */
function watchedPaths(engine: Engine, built: Built): Record<string, string> {
  const { world } = engine
  return { host: engine.netns, ...built.containers, client: world.clientNetns, web: world.netns }
}

interface Round {
  readonly plan: TopologyPlan
  readonly built: Built
  readonly index: number
  readonly round: RoundPlan
}

async function runRound(site: Site, { plan, built, index, round }: Round, listener: Listener): Promise<void> {
  const { engine, agent } = site
  const paths = watchedPaths(engine, built)
  const { host = [], ...containers } = built.neighbors
  // Containers ask first, as they do in life: the host then answers by the entry that their question made, and keeps the header.
  const client = [engine.address, hostAddress6(engine.address)]
  await agent.warmUp({ ...containers, host, client }, FIRST_IDENTITY)
  await new Promise((resolve) => setTimeout(resolve, 400))
  const forget = async (): Promise<void> => {
    for (const path of new Set(Object.values(paths))) await forgetConnections(path)
  }
  await forget()
  const ask = (): Promise<void> => agent.warmUp({ host: [nobody] }, FIRST_IDENTITY)
  const asksNobody = round.flows.some(({ to }) => to === nobody)
  const state = await readRested({ read: () => site.read(), ask, forget }, asksNobody)
  const inside = namesInTraces(state, paths)
  const connects = !tellsSegmentsApart(round)
  const stage: Stage = { ...site, state, connects, fill: built.fill, inside, counters: counterSources(state, inside) }
  for (const flow of round.flows)
    await guard(listener, `topology ${plan.index} round ${index} ${JSON.stringify(flow)}`, async () =>
      listener.onResult({ plan, round: index, flow, state, ...(await runFlow(stage, flow)) }),
    )
}

/**
 * Whether a rule of the round may take a connection's later segments for something else than its SYN. They are not traced
 * (LIMITS.md), so that what comes of a whole connection is then not told.
 */
function tellsSegmentsApart({ rules }: RoundPlan): boolean {
  return rules.some(({ spec }) => /--syn|--tcp-flags|--(ct)?state|--ctdir|--ctstatus|-m (length|connmark)/.test(spec))
}

/** The agent's names of namespaces to the traces', one for each namespace: a second name would count its frames twice. */
function namesInTraces(state: HostState, paths: Readonly<Record<string, string>>): Record<string, string> {
  const inside: Record<string, string> = {}
  const taken = new Set<string>()
  for (const [name, path] of Object.entries(paths)) {
    const inode = inodeOf(path)
    const namespace = state.namespaces.find((candidate) => candidate.id === inode)
    if (namespace !== undefined && !taken.has(inode)) inside[name] = namespace.name
    taken.add(inode)
  }
  return inside
}

/** All tables of both IP versions wherever there is any. */
function counterSources(state: HostState, inside: Readonly<Record<string, string>>): CounterSource[] {
  const has = (name: string | undefined, family: 'ip' | 'ip6'): boolean => {
    const netns = state.namespaces.find((candidate) => candidate.name === name)
    return (
      netns?.rulesets.iptables?.some(
        (table) => table.family === family && table.chains.some(({ rules }) => rules.length > 0),
      ) === true
    )
  }
  return Object.keys(inside).flatMap((netns): CounterSource[] => [
    ...(has(inside[netns], 'ip') ? [{ netns, program: 'iptables-save' as const }] : []),
    ...(has(inside[netns], 'ip6') ? [{ netns, program: 'ip6tables-save' as const }] : []),
  ])
}
