import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkHostState } from '../../src/core/host/check-host-state.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { compareTruth } from '../conformance/compare-truth.ts'
import { expectedTruth } from '../conformance/expected-truth.ts'
import { observeProbe } from '../conformance/observe-probe.ts'
import {
  type Engine,
  type ProbeSpec,
  sendProbe,
  standardScene,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'
import { STANDARD_FLOWS } from './standard-flows.ts'

const reason = whyNoLab()
const root = resolve(import.meta.dirname, '../..')

/** A snapshot taken by the command line itself, through the probe. */
function takeSnapshot(engine: Engine): HostState {
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-live-'))
  try {
    const file = join(folder, 'h.json')
    const args = [
      '--import',
      'tsx',
      'src/cli/index.ts',
      'snapshot',
      '-o',
      file,
      '--docker-host',
      `unix://${engine.socket}`,
    ]
    const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`snapshot: ${done.stderr}`)
    const checked = checkHostState(JSON.parse(readFileSync(file, 'utf8')))
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
    return checked.state
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the kernel is asked, for the flow that the engine was asked. */
function probeOf(flow: Flow, destination: string): ProbeSpec {
  const source = flow.sourcePort ?? 0
  const common = { to: destination, ...(flow.ttl === undefined ? {} : { ttl: flow.ttl }) }
  if (flow.protocol === 'icmp') return { kind: 'icmp', id: source, ...common }
  const ports = { port: flow.destinationPort ?? 0, sourcePort: source }
  return flow.protocol === 'udp' ? { kind: 'udp', ...ports, ...common } : { kind: 'tcp-syn', ...ports, ...common }
}

function destinationOf(report: TraceReport): string {
  const first = report.exchanges.find((exchange) => exchange.main)?.forward.hops[0]?.steps[0]
  if (first?.kind !== 'originate') throw new Error('the report does not begin with its packet')
  return first.packet.dst
}

const containers = ['c1', 'c2', 'web', 'local', 'quiet', 'echo', 'a1', 'a2', 'b1', 'i1']

async function watchedNamespaces(engine: Engine): Promise<Record<string, string>> {
  const paths = await Promise.all(
    containers.map(async (name) => [`container:${name}`, await engine.containerNetns(name)]),
  )
  return { host: engine.netns, ...(Object.fromEntries(paths) as Record<string, string>) }
}

const nameOfSender = (flow: Flow): string => {
  if (flow.from.startsWith('external')) return 'external'
  return flow.from === 'host' ? 'host' : `container:${flow.from}`
}

describe.skipIf(reason !== undefined).each(['20', '28'] as const)(
  `predicted and observed on Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    let world: World
    let engine: Engine
    let state: HostState
    let watched: Record<string, string>

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await standardScene(engine)
      watched = await watchedNamespaces(engine)
      await warmUp()
      state = takeSnapshot(engine)
    })

    afterAll(() => world?.stop())

    /** Neighbours and forwarding entries are there on a host that lives; ARP itself has its own tests. */
    async function warmUp(): Promise<void> {
      for (const name of containers) {
        const path = watched[`container:${name}`] ?? ''
        const own = await engine.docker([
          'inspect',
          '-f',
          '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
          name,
        ])
        const peers = containers.filter((peer) => peer !== name)
        await Promise.all([
          sendProbe(engine.netns, { kind: 'icmp', to: own.trim(), timeoutMs: 300 }),
          ...peers.map((peer) => pingByName(path, peer)),
          sendProbe(path, { kind: 'icmp', to: '203.0.113.80', timeoutMs: 300 }),
        ])
      }
      await sendProbe(world.clientNetns, { kind: 'icmp', to: engine.address, timeoutMs: 300 })
    }

    async function pingByName(path: string, peer: string): Promise<void> {
      const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
      const address = await engine.docker(['inspect', '-f', format, peer])
      await sendProbe(path, { kind: 'icmp', to: address.trim(), timeoutMs: 300 })
    }

    it.each(STANDARD_FLOWS.map((declared, index) => ({ ...declared, port: 42_000 + index })))(
      '$shows: $flow.from to $flow.to $flow.protocol',
      async ({ flow: declared, port }) => {
        const flow: Flow = { ...declared, to: declared.to === 'NIC' ? engine.address : declared.to, sourcePort: port }
        const traced = traceFlow(state, flow)
        if (!traced.ok) throw new Error(traced.problem.message)
        const sender = nameOfSender(flow)
        const all = sender === 'external' ? { ...watched, external: world.clientNetns } : watched
        const observed = await observeProbe(all, sender, probeOf(flow, destinationOf(traced.report)))
        const inside = { ...observed, frames: observed.frames.filter((frame) => frame.netns !== 'external') }
        expect(compareTruth(expectedTruth(traced.report), inside)).toEqual([])
      },
    )
  },
)
