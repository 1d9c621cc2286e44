import type { HostState } from '../../src/core/host/host-state.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import type { Source } from '../../src/backend/sources/source.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { type ProbeSpec, webServer } from '../lab/index.ts'
import type { RawObservation } from '../../src/core/parse/live/raw-observation.ts'
import type { Agent, CounterSource, Observation, Observed } from './agent.ts'
import { outside6, routingNeighbor, secondRouter } from './outside.ts'
import { type Check, judgeFlow } from './judge-flow.ts'
import { askedNeighbors, asksUnseen, proxiedExchanges } from './expected-truth.ts'
import { backgroundFrames, nameOutcome, observedTruth, type ProbeIdentity } from './observed-truth.ts'
import { judgeObservation, type ObservedCheck } from './judge-observation.ts'
import type { Family, FlowPlan } from './plan.ts'
import { markProbe, predictedFor, watchFlow } from './watch-flow.ts'

/** Where the flows of one round run. */
export interface Stage {
  readonly agent: Agent
  readonly state: HostState
  /** Through which Hopwire's own watcher looks on; null for none. */
  readonly watcher: Source | null
  /** Whether whole connections are tried as well. */
  readonly connects: boolean
  /** Fills in the places of a plan's text. */
  fill(text: string): string
  /** Names of the agent's namespaces to those of traces; what is missing lies outside of the host. */
  readonly inside: Readonly<Record<string, string>>
  readonly counters: readonly CounterSource[]
  /** A source port or echo id that no probe of this engine has had. */
  nextIdentity(): number
}

/** The machines outside that answer. A report has to assume that any might. */
const ANSWERING: readonly string[] = [
  '203.0.113.80',
  '203.0.113.53',
  '198.51.100.1',
  secondRouter,
  '198.51.100.200',
  routingNeighbor,
  ...outside6.answering,
]

const MACHINES = {
  4: { client: routingNeighbor, web: webServer },
  6: { client: outside6.routingNeighbor, web: outside6.webServer },
} as const

const familyOf = (address: string): Family => (address.includes(':') ? 6 : 4)

/** Bytes of the IP header, of one of ICMP or UDP after it, and of a SYN with Linux's options. */
const HEADER = { 4: 20, 6: 40 } as const
const DATAGRAM_HEADER = 8
const SYN = 40

/** The flow that the engine is asked, for a plan's. */
function flowOf(plan: FlowPlan, to: string, id: number): Flow {
  const { from, protocol, port, ttl, size, df } = plan
  const family = familyOf(to)
  const sender =
    from.kind === 'outside' ? `external:${MACHINES[family][from.machine]}` : from.kind === 'host' ? 'host' : from.name
  return {
    from: sender,
    to,
    protocol,
    sourcePort: id,
    length: HEADER[family] + (protocol === 'tcp' ? SYN : DATAGRAM_HEADER + (size ?? defaultSize(protocol))),
    dontFragment: df ?? true,
    ...(port === undefined ? {} : { destinationPort: port }),
    ...(ttl === undefined ? {} : { ttl }),
  }
}

const defaultSize = (protocol: 'icmp' | 'udp'): number => (protocol === 'icmp' ? 56 : 32)

/** The probe that asks the kernel what a flow asks the engine. */
function probeOf(plan: FlowPlan, to: string, id: number): Observation['spec'] {
  const { from, protocol, port = 0, ttl, size, df } = plan
  const source = from.kind === 'outside' ? { from: MACHINES[familyOf(to)][from.machine] } : {}
  const common = { to, ...source, ...(ttl === undefined ? {} : { ttl }), ...(df === undefined ? {} : { df }) }
  if (protocol === 'icmp') return { kind: 'icmp', id, size: size ?? defaultSize(protocol), ...common }
  if (protocol === 'udp') return { kind: 'udp', port, sourcePort: id, size: size ?? defaultSize(protocol), ...common }
  return { kind: 'tcp-syn', port, sourcePort: id, sequence: id * 65_537, ...common }
}

const agentName = ({ from }: FlowPlan): string =>
  from.kind === 'container' ? from.name : from.kind === 'host' ? 'host' : from.machine

/** Of its route errors a kernel sends each sender five at once, then one a second (linux:net/ipv4/route.c ip_error). */
const ROUTE_ERROR_MS = 1200

/** What follows an answer comes within milliseconds; a neighbour that nobody answers for is given up after three seconds. */
const SETTLE_MS = 25
const GIVES_UP_MS = 3300

/** How often a probe is sent again because something else moved meanwhile. */
const MOST_TRIES = 5

/** A judged flow. `unsteady` is the first judgement where that one disagreed and a second probe agreed. */
export interface FlowResult extends Checked {
  readonly unsteady: Checked | null
}

/** One probe: what was predicted of it, and what Hopwire's watcher made of it; null where it did not look on. */
export interface Checked {
  readonly check: Check
  readonly observed: ObservedCheck | null
}

/** Whether anything about a probe is not as it should be. */
export function disagrees({ check, observed }: Checked): boolean {
  if (check.disagreements.length > 0) return true
  return observed !== null && (observed.disagreements.length > 0 || observed.divergence !== null)
}

/**
 * Predicts one flow, sends its probe, and compares. Where anything disagrees the probe is sent a second time: multicast that a
 * rule drops in OUTPUT is seen by no tap and yet raises a counter, while a wrong prediction is wrong each time.
 */
export async function runFlow(stage: Stage, plan: FlowPlan): Promise<FlowResult> {
  const first = await checkFlow(stage, plan)
  if (!disagrees(first)) return { ...first, unsteady: null }
  await new Promise((resolve) => setTimeout(resolve, ROUTE_ERROR_MS))
  const second = await checkFlow(stage, plan)
  return { ...second, unsteady: disagrees(second) ? null : first }
}

/** Throws when the scene never comes to rest, or the flow is not legal. */
async function checkFlow(stage: Stage, plan: FlowPlan): Promise<Checked> {
  const to = stage.fill(plan.to)
  for (let tries = 1; ; tries += 1) {
    const id = stage.nextIdentity()
    const flow = flowOf(plan, to, id)
    const report = predict(stage.state, flow)
    const identity: ProbeIdentity = { id, protocol: plan.protocol, to, neighbors: askedNeighbors(report) }
    const spec = markProbe(probeOf(plan, to, id))
    if (report.disposition === 'no-route') await new Promise((resolve) => setTimeout(resolve, ROUTE_ERROR_MS))
    const { seen, raw } = await observe(stage, plan, spec, report)
    const background = backgroundFrames(seen, identity)
    if (background.length === 0) {
      const truth = observedTruth(seen, stage.counters, identity, stage.inside)
      const connection = await connect(stage, plan, report)
      const check = judgeFlow({ flow, report, truth, connection, answering: ANSWERING })
      const predicted = predictedFor(spec.kind, report)
      return { check, observed: raw && judgeObservation({ state: stage.state, predicted, raw, truth }) }
    }
    if (tries === MOST_TRIES)
      throw new Error(`the scene does not come to rest: ${JSON.stringify(background.slice(0, 3))}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** Sends the probe, with Hopwire's watcher looking on where there is one. */
async function observe(
  { agent, watcher: source, state, counters }: Stage,
  plan: FlowPlan,
  spec: Observation['spec'],
  report: TraceReport,
): Promise<{ readonly seen: Observed; readonly raw: RawObservation | null }> {
  const settleMs = asksUnseen(report) ? GIVES_UP_MS : SETTLE_MS
  const send = (whenSeen?: () => Promise<void>): Promise<Observed> =>
    agent.observe({ from: agentName(plan), spec, counters, settleMs }, whenSeen)
  return source === null ? { seen: await send(), raw: null } : watchFlow({ source, state, report, spec }, send)
}

function predict(state: HostState, flow: Flow): TraceReport {
  const traced = traceFlow(state, flow)
  if (!traced.ok) throw new Error(`${JSON.stringify(flow)}: ${traced.problem.message}`)
  return traced.report
}

/** Where docker-proxy would accept, a whole connection tells what comes of it; null elsewhere. */
async function connect(stage: Stage, plan: FlowPlan, report: TraceReport): Promise<string | null> {
  if (!stage.connects || plan.protocol !== 'tcp' || proxiedExchanges(report).length === 0) return null
  const to = stage.fill(plan.to)
  const {
    kind: _,
    sequence: __,
    ...rest
  } = probeOf(plan, to, stage.nextIdentity()) as Extract<ProbeSpec, { kind: 'tcp-syn' }>
  const spec = { kind: 'tcp-connect', ...rest } as const
  const { result } = await stage.agent.observe({ from: agentName(plan), spec, counters: [], settleMs: 60 })
  // docker-proxy goes on trying for some time, which no later probe must see.
  if (result.outcome === 'connected') await new Promise((resolve) => setTimeout(resolve, 3500))
  return nameOutcome(result, to)
}
