import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Flow } from '../../../src/core/trace/flow.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import type { Agent, Observation } from '../../conformance/agent.ts'
import { proxiedExchanges } from '../../conformance/expected-truth.ts'
import { type Check, judgeFlow } from '../../conformance/judge-flow.ts'
import { backgroundFrames, nameOutcome, observedTruth } from '../../conformance/observed-truth.ts'
import { dnsServer, lanClient, lanRouter, webServer } from '../../lab/index.ts'
import { counterSources } from './counter-sources.ts'
import { client } from './prepare-lab.ts'

/** What is sent: an echo request unless a port is given. `id` is the source port or echo id; one of its own by default. */
export interface Asked {
  readonly tcp?: number
  readonly udp?: number
  readonly ttl?: number
  readonly size?: number
  readonly df?: boolean
  readonly id?: number
  /** Source address of a machine outside, where it is not its usual one. */
  readonly source?: string
  /** The machines outside that answer, where they are not the usual ones: what they do is not the host's to tell. */
  readonly answering?: readonly string[]
  /** How long to wait for an answer, where no ARP request shows that a kernel still waits. */
  readonly timeoutMs?: number
  /** The name under which the sender's namespace is watched, where several containers share it. */
  readonly watchedAs?: string
}

/** Where a flow is asked. */
export interface Ground {
  readonly agent: Agent
  readonly state: HostState
  /** Names of the agent's namespaces to those of traces; what is missing lies outside of the host. */
  readonly inside: Readonly<Record<string, string>>
  nextIdentity(): number
}

const MACHINES: Readonly<Record<string, string>> = { client, web: webServer }
const ANSWERING = [lanRouter, lanClient, client, webServer, dnsServer]
const MOST_TRIES = 5

/**
 * Predicts one flow, sends its probe, and compares. A probe that something else crossed is sent again; so is one, once, that
 * disagrees: multicast dropped in OUTPUT is seen by no tap and raises a counter. A given id is never sent twice.
 */
export async function askFlow(ground: Ground, from: string, to: string, what: Asked): Promise<Check> {
  const first = await askOnce(ground, from, to, what)
  if (first.disagreements.length === 0 || what.id !== undefined) return first
  return askOnce(ground, from, to, what)
}

async function askOnce(ground: Ground, from: string, to: string, what: Asked): Promise<Check> {
  const { agent, inside, state } = ground
  const counters = counterSources(state, inside)
  for (let tries = 1; ; tries += 1) {
    const id = what.id ?? ground.nextIdentity()
    const flow = flowOf(from, to, what, id)
    const identity = { id, protocol: flow.protocol, to }
    const observed = await agent.observe({
      from: what.watchedAs ?? from,
      spec: probeOf(from, to, what, id),
      counters,
      settleMs: 25,
    })
    const background = backgroundFrames(observed, identity)
    if (background.length === 0 || what.id !== undefined) {
      const report = predict(state, flow)
      const truth = observedTruth(observed, counters, identity, inside)
      const connection = await connect(ground, from, to, what, report)
      return judgeFlow({ flow, report, truth, connection, answering: what.answering ?? ANSWERING })
    }
    if (tries === MOST_TRIES) throw new Error(`no rest: ${JSON.stringify(background.slice(0, 3))}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** Throws when the flow is not one that can be asked. */
export function predict(state: HostState, flow: Flow): TraceReport {
  const traced = traceFlow(state, flow)
  if (!traced.ok) throw new Error(`${JSON.stringify(flow)}: ${traced.problem.message}`)
  return traced.report
}

const sourceOf = (from: string, { source }: Asked): string | undefined => source ?? MACHINES[from]
const defaultSize = (what: Asked): number => (what.udp === undefined ? 56 : 32)

function flowOf(from: string, to: string, what: Asked, id: number): Flow {
  const outside = sourceOf(from, what)
  const { tcp, udp, ttl, size = defaultSize(what), df = true } = what
  const port = tcp ?? udp
  return {
    from: outside === undefined ? from : `external:${outside}`,
    to,
    protocol: tcp !== undefined ? 'tcp' : udp !== undefined ? 'udp' : 'icmp',
    sourcePort: id,
    // A SYN with Linux’s options, and 8 bytes of header with the payload of the other two.
    length: tcp === undefined ? 28 + size : 60,
    dontFragment: df,
    ...(port === undefined ? {} : { destinationPort: port }),
    ...(ttl === undefined ? {} : { ttl }),
  }
}

function probeOf(from: string, to: string, what: Asked, id: number): Observation['spec'] {
  const { tcp, udp, ttl, size = defaultSize(what), df } = what
  const source = sourceOf(from, what)
  const common = {
    to,
    ...(source === undefined ? {} : { from: source }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(df === undefined ? {} : { df }),
    ...(what.timeoutMs === undefined ? {} : { timeoutMs: what.timeoutMs }),
  }
  if (tcp !== undefined) return { kind: 'tcp-syn', port: tcp, sourcePort: id, sequence: id * 65_537, ...common }
  return udp === undefined
    ? { kind: 'icmp', id, size, ...common }
    : { kind: 'udp', port: udp, sourcePort: id, size, ...common }
}

/** Where docker-proxy would accept, a whole connection tells what comes of it; null elsewhere. */
async function connect(
  ground: Ground,
  from: string,
  to: string,
  what: Asked,
  report: TraceReport,
): Promise<string | null> {
  if (what.tcp === undefined || proxiedExchanges(report).length === 0) return null
  const source = sourceOf(from, what)
  const spec = {
    kind: 'tcp-connect',
    to,
    port: what.tcp,
    sourcePort: ground.nextIdentity(),
    ...(source === undefined ? {} : { from: source }),
  } as const
  const { result } = await ground.agent.observe({ from: what.watchedAs ?? from, spec, counters: [], settleMs: 60 })
  // docker-proxy goes on trying for some time, which no later probe must see.
  if (result.outcome === 'connected') await new Promise((resolve) => setTimeout(resolve, 3500))
  return nameOutcome(result, to)
}
