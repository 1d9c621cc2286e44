import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkHostState } from '../../src/core/host/check-host-state.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { runHopwire } from '../cli/run-hopwire.ts'
import { type Agent, type Observation, startAgent } from '../conformance/agent.ts'
import { judgeFlow } from '../conformance/judge-flow.ts'
import { FIRST_IDENTITY, observedTruth } from '../conformance/observed-truth.ts'
import type { Truth } from '../conformance/truth.ts'
import { type Engine, standardScene, startEngine, startWorld, whyNoLab, type World } from '../lab/index.ts'
import { setSysctls } from '../lab/world.ts'
import { once } from '../scenarios/support/prepare-lab.ts'
import { STANDARD_FLOWS } from './standard-flows.ts'

const reason = whyNoLab()

/** A snapshot taken by the command line itself, through the probe. */
async function takeSnapshot(engine: Engine): Promise<HostState> {
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-live-'))
  try {
    const file = join(folder, 'h.json')
    const done = await runHopwire(['snapshot', '-o', file, '--docker-host', `unix://${engine.socket}`])
    if (done.status !== 0) throw new Error(`snapshot: ${done.stderr}`)
    const checked = checkHostState(JSON.parse(readFileSync(file, 'utf8')))
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
    return checked.state
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the kernel is asked, for the flow that the engine was asked. */
function probeOf(flow: Flow, to: string): Observation['spec'] {
  const id = flow.sourcePort ?? 0
  const common = { to, ...(flow.ttl === undefined ? {} : { ttl: flow.ttl }) }
  if (flow.protocol === 'icmp') return { kind: 'icmp', id, ...common }
  const ports = { port: flow.destinationPort ?? 0, sourcePort: id, ...common }
  return flow.protocol === 'udp'
    ? { kind: 'udp', size: 32, ...ports }
    : { kind: 'tcp-syn', sequence: id * 65_537, ...ports }
}

function destinationOf(report: TraceReport): string {
  const first = report.exchanges.find((exchange) => exchange.main)?.forward.hops[0]?.steps[0]
  if (first?.kind !== 'originate') throw new Error('the report does not begin with its packet')
  return first.packet.dst
}

const containers = ['c1', 'c2', 'web', 'local', 'quiet', 'echo', 'a1', 'a2', 'b1', 'i1']

/** The machines outside that answer in the lab. */
const answering = ['203.0.113.80', '203.0.113.53', '198.51.100.1', '198.51.100.200']

/** The namespaces of the host, and what a trace calls each. */
const inside: Readonly<Record<string, string>> = {
  host: 'host',
  ...Object.fromEntries(containers.map((name) => [name, `container:${name}`])),
}

async function pathsOf(engine: Engine): Promise<Record<string, string>> {
  const paths = await Promise.all(containers.map(async (name) => [name, await engine.containerNetns(name)] as const))
  return { host: engine.netns, client: engine.world.clientNetns, ...Object.fromEntries(paths) }
}

const senderOf = (flow: Flow): string => (flow.from.startsWith('external') ? 'client' : flow.from)

describe.skipIf(reason !== undefined).each(['20', '28'] as const)(
  `predicted and observed on Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    let world: World
    let engine: Engine
    let state: HostState
    let agent: Agent
    let paths: Record<string, string>

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await standardScene(engine)
      paths = await pathsOf(engine)
      await Promise.all([world.netns, ...Object.values(paths)].map((path) => setSysctls(path, once)))
      agent = startAgent()
      await agent.open(paths)
      await warmUp()
      state = await takeSnapshot(engine)
    })

    afterAll(() => {
      agent?.close()
      world?.stop()
    })

    /** Neighbours and forwarding entries are there on a host that lives; ARP itself has its own tests. */
    async function warmUp(): Promise<void> {
      const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
      const listed = await engine.docker(['inspect', '-f', format, ...containers])
      const addresses = listed.trim().split('\n')
      const pings = Object.fromEntries(containers.map((name) => [name, [...addresses, '203.0.113.80', engine.address]]))
      await agent.warmUp({ ...pings, host: addresses, client: [engine.address] }, FIRST_IDENTITY)
      // What does not answer is given up after three seconds.
      await new Promise((done) => setTimeout(done, 3300))
    }

    async function observe(flow: Flow, to: string): Promise<Truth> {
      const counters = Object.keys(inside).map((netns) => ({ netns, program: 'iptables-save' as const }))
      const observed = await agent.observe({ from: senderOf(flow), spec: probeOf(flow, to), counters, settleMs: 30 })
      return observedTruth(observed, counters, { id: flow.sourcePort ?? 0, protocol: flow.protocol, to }, inside)
    }

    it.each(STANDARD_FLOWS.map((declared, index) => ({ ...declared, port: 12_000 + index })))(
      '$shows: $flow.from to $flow.to $flow.protocol',
      async ({ flow: declared, port }) => {
        const flow: Flow = { ...declared, to: declared.to === 'NIC' ? engine.address : declared.to, sourcePort: port }
        const traced = traceFlow(state, flow)
        if (!traced.ok) throw new Error(traced.problem.message)
        const truth = await observe(flow, destinationOf(traced.report))
        expect(judgeFlow({ flow, report: traced.report, truth, connection: null, answering }).disagreements).toEqual([])
      },
    )
  },
)
