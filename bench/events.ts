/**
 * How long it takes until what somebody does in a terminal is in the picture, on a host with 200 containers: from the moment
 * the `docker` command has returned until the page's store has the new state and its layout is made. Beside it one full
 * read in the same run, which is what an event would cost if everything were read anew.
 *
 * Only the ratio means something from one machine, or one minute, to the next. BENCH_CONTAINERS makes another number, BENCH_GENERATION and
 * BENCH_ROUNDS less of it.
 */
import { createService } from '../src/backend/service.ts'
import { createDockerSource } from '../src/backend/sources/docker-source.ts'
import type { Container } from '../src/core/host/container.ts'
import type { HostState } from '../src/core/host/host-state.ts'
import { connect } from '../src/protocol/connect.ts'
import { createPortPair } from '../src/protocol/memory-port.ts'
import { serve } from '../src/protocol/serve.ts'
import { layoutHost } from '../src/renderer/layout/layout-host.ts'
import { type AppStore, createAppStore } from '../src/renderer/store/store.ts'
import { busyboxImage, type Engine, type Generation } from '../test/lab/index.ts'
import { countContainers, docker, formatTime, onEachEngine, startContainers, time, timeNow } from './bench-host.ts'
import { type Line, percentile } from './line.ts'

const count = countContainers(200)
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 12)
/** Each change is measured by itself: longer than what an event concerns is looked at again, in milliseconds. */
const pause = 5000
const networks = ['bridge', ...Array.from({ length: 9 }, (_, index) => `net-${index + 1}`)]

export const name = 'events'

/** Measures on both engine generations; in place of it, the reason why that cannot be done here. */
export function run(): Promise<readonly Line[]> {
  return onEachEngine(name, benchEvents)
}

async function benchEvents(engine: Engine, generation: Generation): Promise<readonly Line[]> {
  for (const network of networks.slice(1)) await engine.docker(['network', 'create', network])
  await startContainers(engine, count, networks)
  return measure(engine, generation)
}

async function measure(engine: Engine, generation: Generation): Promise<readonly Line[]> {
  const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  const service = createService({ source, version: '0', reading: 'fresh' })
  const [near, far] = createPortPair()
  serve(far, service)
  const store = createAppStore()
  store.getState().connectBackend(connect(near))
  try {
    await until(store, (host) => host.containers.length === count)
    const changes = await timeChanges(engine, store)
    const read = await time(() => store.getState().refresh())
    return describe(generation, read, changes, store.getState().host)
  } finally {
    await service.close()
  }
}

interface Change {
  readonly what: string
  readonly args: (container: string) => readonly string[]
  /** Whether the container is as it should be; undefined where there is none. */
  readonly isThere: (container: Container | undefined) => boolean
}

const changes: readonly Change[] = [
  {
    what: 'docker run',
    args: (container) => ['run', '-d', '--name', container, '--network', 'net-1', busyboxImage, 'sleep', '1000000'],
    isThere: (container) => container !== undefined && container.namespace !== null,
  },
  {
    what: 'docker network connect',
    args: (container) => ['network', 'connect', 'net-2', container],
    isThere: (container) => container?.endpoints.length === 2,
  },
  {
    what: 'docker network disconnect',
    args: (container) => ['network', 'disconnect', 'net-2', container],
    isThere: (container) => container?.endpoints.length === 1,
  },
  {
    what: 'docker rm -f',
    args: (container) => ['rm', '-f', container],
    isThere: (container) => container === undefined,
  },
]

async function timeChanges(engine: Engine, store: AppStore): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map(changes.map(({ what }): [string, number[]] => [what, []]))
  for (let round = 0; round < rounds; round += 1) {
    const container = `new-${round}`
    for (const { what, args, isThere } of changes) {
      const shown = until(store, (host) => isThere(host.containers.find((each) => each.name === container)))
      await docker(engine, args(container))
      const returned = performance.now()
      times.get(what)?.push(Math.max(0, (await shown) - returned))
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return times
}

/** Waits until the store has such a host, and a layout of it could be drawn; gives when. */
function until(store: AppStore, wanted: (host: HostState) => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const { host } = store.getState()
      if (host === null || !wanted(host)) return false
      layoutHost(host, (text) => text.length * 7)
      resolve(performance.now())
      return true
    }
    if (look()) return
    const stop = store.subscribe(() => {
      const { status, failure } = store.getState()
      if (look()) stop()
      else if (status?.phase === 'failed' || failure !== null) {
        stop()
        reject(new Error(failure?.message ?? status?.problem ?? 'the host cannot be read'))
      }
    })
  })
}

function describe(
  generation: Generation,
  read: number,
  measured: ReadonlyMap<string, readonly number[]>,
  host: HostState | null,
): readonly Line[] {
  const lines = [...measured].map(([what, times]): Line => {
    const [half, most] = [percentile(times, 0.5), percentile(times, 0.95)]
    const note = `p95 ${formatTime(most)}; ${(half / read).toFixed(2)} and ${(most / read).toFixed(2)} of a full read`
    return { what: `  after ${what}, until the picture shows it`, value: formatTime(half), note }
  })
  const bytes = JSON.stringify(host).length
  const layout = Array.from({ length: 5 }, () => timeNow(() => host && layoutHost(host, (text) => text.length * 7)))
  return [
    {
      what: `Docker ${generation}: one full read of ${count} containers`,
      value: formatTime(read),
    },
    ...lines,
    { what: '  the state as JSON', value: `${(bytes / 1e6).toFixed(1)} MB` },
    { what: '  its way through JSON and back', value: formatTime(timeNow(() => JSON.parse(JSON.stringify(host)))) },
    { what: '  its layout', value: formatTime(percentile(layout, 0.5)) },
  ]
}
