/**
 * The host that the measurements are taken on: 500 containers on 20 bridges of a real engine, read as the app reads a host.
 * Making it takes minutes, so it is kept in .cache/bench; remove the file to make it again.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDockerSource } from '../src/backend/sources/docker-source.ts'
import type { HostState } from '../src/core/host/host-state.ts'
import { busyboxImage, type Engine, importBusybox, startEngine, startWorld, whyNoLab } from '../test/lab/index.ts'
import { inTurns } from './in-turns.ts'

const containers = 500
const bridges = 20
/** Every fifth container publishes a port, behind which a web server listens. */
const publishEvery = 5
const firstPort = 20_000
const atOnce = 6

const directory = join(import.meta.dirname, '..', '.cache', 'bench')

/** Container number `index` of the host, counted from 0: its name and what it is asked for. */
export interface Planned {
  readonly name: string
  readonly network: string
  readonly hostPort: number | null
}

/** Containers are dealt to the bridges in turn; bridge 0 is Docker's own. */
export const plan: readonly Planned[] = Array.from({ length: containers }, (_, index) => ({
  name: `c${index}`,
  network: index % bridges === 0 ? 'bridge' : `net-${index % bridges}`,
  hostPort: Math.floor(index / bridges) % publishEvery === 0 ? firstPort + index : null,
}))

/** Returns the host as the text of its JSON: the one that is kept, else a new one. Throws where no lab can run. */
export async function loadHostText(): Promise<string> {
  const file = join(directory, `host-${containers}.json`)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const reason = whyNoLab()
  if (reason !== undefined) throw new Error(`no ${containers}-container host is kept, and none can be made: ${reason}`)
  const text = JSON.stringify(await makeHost())
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, text)
  return text
}

async function makeHost(): Promise<HostState> {
  const world = await startWorld()
  try {
    const engine = await startEngine(world, { generation: '28' })
    await importBusybox(engine)
    const networks = [...new Set(plan.map(({ network }) => network))].filter((name) => name !== 'bridge')
    for (const network of networks) await engine.docker(['network', 'create', network])
    const start = performance.now()
    await inTurns(plan, atOnce, (planned) => startContainer(engine, planned))
    console.error(`${plan.length} containers started in ${((performance.now() - start) / 1000).toFixed(0)} s`)
    return await readHost(engine)
  } finally {
    world.stop()
  }
}

async function startContainer(engine: Engine, { name, network, hostPort }: Planned): Promise<void> {
  const publish = hostPort === null ? [] : ['-p', `${hostPort}:80`]
  const command = hostPort === null ? ['sleep', '1000000'] : ['httpd', '-f', '-p', '80', '-h', '/www']
  const args = ['run', '-d', '--name', name, '--network', network, ...publish, busyboxImage, ...command]
  await engine.docker(args, { timeoutMs: 180_000 })
}

/** Reads an engine's host once, whole. */
export async function readHost(engine: Engine): Promise<HostState> {
  const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  try {
    const outcome = await source.load()
    if (!outcome.ok) throw new Error(outcome.failure.message)
    return outcome.value
  } finally {
    await source.close()
  }
}
