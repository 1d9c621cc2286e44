/**
 * How long a live trace takes, from the call to the first hop that was observed and to the whole report, with the helper
 * warm; and what being watched costs a packet: the round trip of SYNs from the LAN to a published port, unwatched and
 * watched in turns.
 */
import { createDockerSource } from '../src/backend/sources/docker-source.ts'
import { type BackendService, createService } from '../src/backend/service.ts'
import type { Flow } from '../src/core/trace/flow.ts'
import type { LiveReport } from '../src/core/trace/live-report.ts'
import { createCanceller } from '../src/protocol/cancel-signal.ts'
import {
  type Engine,
  type Generation,
  sendProbes,
  standardScene,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../test/lab/index.ts'
import type { Line } from './line.ts'

const rounds = 7
const probesInARound = 20

export const name = 'live-trace'

/** Measures on both engine generations; in place of it, the reason why that cannot be done here. */
export async function run(): Promise<readonly Line[]> {
  const reason = whyNoLab()
  if (reason !== undefined) return [{ what: name, value: 'skipped', note: reason }]
  return [...(await benchLiveTrace('20')), ...(await benchLiveTrace('28'))]
}

const FLOWS: readonly Flow[] = [
  { from: 'c1', to: '203.0.113.80', protocol: 'icmp' },
  { from: 'c1', to: 'facebook.com', protocol: 'icmp' },
  { from: 'c1', to: '203.0.113.80', protocol: 'udp', destinationPort: 7 },
  // Dropped between networks: no answer ends the wait.
  { from: 'a1', to: 'b1', protocol: 'tcp', destinationPort: 80 },
  { from: 'host', to: 'web', protocol: 'tcp', destinationPort: 80 },
]

async function benchLiveTrace(generation: Generation): Promise<readonly Line[]> {
  const world = await startWorld()
  const lines: Line[] = []
  try {
    const engine = await startEngine(world, { generation })
    await standardScene(engine)
    const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
    const service = createService({ source, version: 'bench', reading: 'fresh' })
    try {
      for (const flow of FLOWS) lines.push(...(await timeFlow(service, generation, flow)))
      lines.push(await timeWatched(service, world, engine))
    } finally {
      await service.close()
    }
  } finally {
    world.stop()
  }
  return lines
}

async function timeFlow(service: BackendService, generation: Generation, flow: Flow): Promise<readonly Line[]> {
  await traceOnce(service, flow, 5)
  const timings: LiveReport['timing'][] = []
  for (let round = 0; round < rounds; round += 1) timings.push((await traceOnce(service, flow, 5)).timing)
  const of = (pick: (timing: LiveReport['timing']) => number): string => {
    const times = timings.map(pick)
    return `${format(median(times))}, from ${format(Math.min(...times))} to ${format(Math.max(...times))}`
  }
  const what = `Docker ${generation}: ${flow.from} to ${flow.to}, ${flow.protocol}`
  return [
    { what, value: of(({ whole }) => whole), note: `whole report, median of ${rounds} after the first` },
    { what: '  first observed hop', value: of(({ firstHop }) => firstHop ?? Number.NaN) },
  ]
}

async function traceOnce(service: BackendService, flow: Flow, waitSeconds: number): Promise<LiveReport> {
  const question = { flow, tried: false, probe: 'auto', waitSeconds } as const
  const outcome = await service.methods.liveTrace(question, { signal: createCanceller().signal })
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value.report
}

/** Watched and unwatched rounds take turns, so that both meet the same noise. */
async function timeWatched(service: BackendService, world: World, engine: Engine): Promise<Line> {
  const plain: number[] = []
  const watched: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    plain.push(...(await roundTrips(world, engine)))
    const waiting = new Promise<void>((resolve) => {
      const stop = service.subscribe('liveProgress', ({ phase }) => {
        if (phase !== 'waiting') return
        stop()
        resolve()
      })
    })
    const flow: Flow = { from: 'external', to: 'host', protocol: 'tcp', destinationPort: 8080 }
    const traced = traceOnce(service, flow, 30)
    await waiting
    watched.push(...(await roundTrips(world, engine)))
    await traced
  }
  const extra = median(watched) - median(plain)
  const value = `${(extra * 1000).toFixed(0)} µs more`
  return {
    what: '  round trip of a SYN from the LAN, watched',
    value,
    note: `${(median(plain) * 1000).toFixed(0)} µs unwatched, as its sender sees it`,
  }
}

async function roundTrips(world: World, engine: Engine): Promise<readonly number[]> {
  const probe = { kind: 'tcp-syn', to: engine.address, port: 8080 } as const
  const results = await sendProbes(
    world.clientNetns,
    Array.from({ length: probesInARound }, () => probe),
  )
  return results.map(({ tookMs }) => tookMs)
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

function format(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`
}
