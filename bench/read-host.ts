/**
 * How long one full read of a host with 50 containers takes, beside what asking each container by itself takes in the same
 * run on the same engine: 50 × `docker exec CONTAINER ip addr`, which tells the addresses and nothing else.
 *
 * Only the ratio means something from one machine, or one minute, to the next.
 */
import { spawn } from 'node:child_process'
import { createDockerSource } from '../src/backend/sources/docker-source.ts'
import {
  busyboxImage,
  type Engine,
  type Generation,
  importBusybox,
  startEngine,
  startWorld,
  whyNoLab,
} from '../test/lab/index.ts'
import { inTurns } from './in-turns.ts'
import type { Line } from './line.ts'

const count = 50
const rounds = 5
const atOnce = 8

export const name = 'read-host'

/** Measures on both engine generations; in place of it, the reason why that cannot be done here. */
export async function run(): Promise<readonly Line[]> {
  const reason = whyNoLab()
  if (reason !== undefined) return [{ what: 'read-host', value: 'skipped', note: reason }]
  return [...(await benchReadHost('20')), ...(await benchReadHost('28'))]
}

async function benchReadHost(generation: Generation): Promise<readonly Line[]> {
  const world = await startWorld()
  try {
    const engine = await startEngine(world, { generation })
    await startContainers(engine)
    const reads = await timeReads(engine)
    const oneByOne = await time(() => execInEach(engine, 1))
    const parallel = await time(() => execInEach(engine, atOnce))
    const read = median(reads)
    const spread = `median of ${rounds} after the first, from ${format(Math.min(...reads))} to ${format(Math.max(...reads))}`
    const ratio = (other: number): string => `${format(other)}, ${(other / read).toFixed(1)} × one read`
    return [
      { what: `Docker ${generation}: one full read of ${count} containers`, value: format(read), note: spread },
      { what: `  ${count} docker exec ip addr`, value: ratio(oneByOne) },
      { what: `  the same, ${atOnce} at a time`, value: ratio(parallel) },
    ]
  } finally {
    world.stop()
  }
}

async function startContainers(engine: Engine): Promise<void> {
  await importBusybox(engine)
  const start = (name: string): Promise<string> =>
    engine.docker(['run', '-d', '--name', name, busyboxImage, 'sleep', '1000000'], { timeoutMs: 120_000 })
  await inTurns(names(), 4, start)
}

function names(): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench-${index}`)
}

/** The first read also starts the helper and is not counted. */
async function timeReads(engine: Engine): Promise<readonly number[]> {
  const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  const read = async (): Promise<void> => {
    const outcome = await source.load()
    if (!outcome.ok) throw new Error(outcome.failure.message)
    if (outcome.value.namespaces.length !== count + 1) throw new Error('not every namespace was read')
  }
  try {
    await read()
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await time(read))
    return times
  } finally {
    await source.close()
  }
}

async function execInEach(engine: Engine, workers: number): Promise<void> {
  await inTurns(names(), workers, (name) => docker(['-H', `unix://${engine.socket}`, 'exec', name, 'ip', 'addr']))
}

function docker(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args, { stdio: 'ignore' })
    child.on('error', reject)
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`docker ${args.join(' ')}: ${status}`))))
  })
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function format(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
