/**
 * What a prediction costs on a host with 500 containers, beside `docker exec ping`, which asks the same of the real network.
 * Only the ratio means something from one machine, or one minute, to the next.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { checkHostState } from '../src/core/host/check-host-state.ts'
import type { HostState } from '../src/core/host/host-state.ts'
import type { Flow } from '../src/core/trace/flow.ts'
import type { traceFlow } from '../src/core/tracer/trace-flow.ts'
import { askRealNetwork } from './ask-real-network.ts'
import { bundleEngine, engineFile } from './bundle-engine.ts'
import { type Line, percentile } from './line.ts'
import { loadHostText, plan } from './make-host.ts'
import { whereTimeGoes } from './where-time-goes.ts'

export const name = 'trace-flow'

const rounds = 2000
const warmUp = 500

/** The mix: the same number of each, dealt over the containers, so that no flow comes twice within 25 rounds. */
const kinds: Readonly<Record<string, (index: number) => Flow>> = {
  'to the internet': (index) => icmp(at(index), '203.0.113.80'),
  'to another bridge (dropped)': (index) => icmp(at(index), addressOf(at(index + 1))),
  'to a published port': (index) => ({ from: 'external', to: `host:${published(index)}`, protocol: 'tcp' }),
  'on the same bridge': (index) => icmp(at(index), addressOf(at(index + 20))),
}

let host: HostState
let trace: typeof traceFlow
let addresses: ReadonlyMap<string, string>

function at(index: number): string {
  return plan[index % plan.length]?.name ?? ''
}

function published(index: number): number {
  const ports = plan.flatMap(({ hostPort }) => (hostPort === null ? [] : [hostPort]))
  return ports[index % ports.length] ?? 0
}

/** By address, as `ping` is asked below: a name would cost a DNS exchange besides. */
function addressOf(container: string): string {
  return addresses.get(container) ?? ''
}

function icmp(from: string, to: string): Flow {
  return { from, to, protocol: 'icmp' }
}

export async function run(): Promise<readonly Line[]> {
  const text = await loadHostText()
  const reading = timeReading(text)
  host = JSON.parse(text) as HostState
  addresses = new Map(host.containers.map((each) => [each.name, each.endpoints[0]?.ipv4 ?? '']))
  trace = await bundleEngine()
  const flows = makeFlows()
  const first = timeOnce(flows[0]?.flow)
  const { times, collections } = await timeTraces(flows)
  const all = times.flatMap(({ micros }) => micros)
  const lines: Line[] = [
    { what: 'host', value: `${host.containers.length} containers, ${host.namespaces.length} namespaces` },
    {
      what: 'host state parsed and checked',
      value: `${reading.toFixed(0)} ms`,
      note: `${(text.length / 1e6).toFixed(1)} MB of JSON`,
    },
    { what: 'first trace, which makes the indexes', value: `${first.toFixed(1)} ms` },
    {
      what: 'one trace with its reply, over the mix',
      value: p50p99(all),
      note: `bar: p50 at most 100 µs; ${collections}`,
    },
    ...times.map(({ kind, micros }) => ({ what: `  ${kind}`, value: p50p99(micros) })),
  ]
  const shares = await whereTimeGoes(engineFile, () => repeat(flows))
  return [...lines, { what: 'where that time goes', value: '' }, ...shares, ...(await compare(percentile(all, 0.5)))]
}

/** Long enough for the small parts to be sampled often. */
function repeat(flows: readonly Named[]): void {
  for (let times = 0; times < 3; times++) for (const { flow } of flows) trace(host, flow)
}

function p50p99(micros: readonly number[]): string {
  return `p50 ${percentile(micros, 0.5).toFixed(0)} µs, p99 ${percentile(micros, 0.99).toFixed(0)} µs`
}

/** As a saved host is opened: parsed, then checked whole. The best of five, for the rest is other work of the machine. */
function timeReading(text: string): number {
  const once = (): number => {
    const start = performance.now()
    const checked = checkHostState(JSON.parse(text))
    if (!checked.ok) throw new Error(`the kept host is none: ${checked.problems[0]?.message}`)
    return performance.now() - start
  }
  return Math.min(once(), once(), once(), once(), once())
}

interface Named {
  readonly kind: string
  readonly flow: Flow
}

function makeFlows(): readonly Named[] {
  const makers = Object.entries(kinds)
  return Array.from({ length: rounds + warmUp }, (_, index) =>
    makers.map(([kind, make]) => ({ kind, flow: make(index) })),
  ).flat()
}

function timeOnce(flow: Flow | undefined): number {
  if (flow === undefined) throw new Error('no flows')
  const start = performance.now()
  trace(host, flow)
  return performance.now() - start
}

async function timeTraces(flows: readonly Named[]) {
  const byKind = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]))
  let pauses = 0
  const observer = new PerformanceObserver((list) => list.getEntries().forEach((entry) => (pauses += entry.duration)))
  observer.observe({ entryTypes: ['gc'] })
  const begin = performance.now()
  flows.forEach(({ kind, flow }, index) => {
    const start = performance.now()
    const outcome = trace(host, flow)
    const micros = (performance.now() - start) * 1000
    if (!outcome.ok) throw new Error(`${flow.from} to ${flow.to}: ${outcome.problem.message}`)
    if (index >= warmUp * 4) byKind.get(kind)?.push(micros)
  })
  const whole = performance.now() - begin
  // Entries are handed over between tasks.
  await new Promise((resolve) => setTimeout(resolve, 50))
  observer.takeRecords().forEach((entry) => (pauses += entry.duration))
  observer.disconnect()
  const collections = `garbage collection takes ${((pauses / whole) * 100).toFixed(0)}% of all`
  return { times: [...byKind].map(([kind, micros]) => ({ kind, micros })), collections }
}

async function compare(predicted: number): Promise<readonly Line[]> {
  const real = await askRealNetwork()
  if (typeof real === 'string') return [{ what: 'docker exec ping', value: 'skipped', note: real }]
  return real.map(({ what, milliseconds, prediction }) => ({
    what,
    value: `${milliseconds.toFixed(0)} ms, ${((milliseconds * 1000) / predicted).toFixed(0)} × one trace of the mix`,
    note: prediction,
  }))
}
