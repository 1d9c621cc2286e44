/** What measurements on real engines have in common: hosts full of containers, the `docker` command, a clock. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
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

/** How many containers are started at a time. */
const atOnce = 6

/** Returns how many containers the host is to have: BENCH_CONTAINERS, or as many as the measurement usually takes. */
export function countContainers(usual: number): number {
  return Number(process.env['BENCH_CONTAINERS'] ?? usual)
}

/**
 * Measures on both engine generations, one after the other, or on BENCH_GENERATION alone; gives in place of it the reason why
 * that cannot be done here.
 */
export async function onEachEngine(
  name: string,
  measure: (engine: Engine, generation: Generation) => Promise<readonly Line[]>,
): Promise<readonly Line[]> {
  const reason = whyNoLab()
  if (reason !== undefined) return [{ what: name, value: 'skipped', note: reason }]
  const only = process.env['BENCH_GENERATION']
  const lines: Line[] = []
  for (const generation of (['20', '28'] as const).filter((each) => only === undefined || each === only)) {
    const world = await startWorld()
    try {
      lines.push(...(await measure(await startEngine(world, { generation }), generation)))
    } finally {
      world.stop()
    }
  }
  return lines
}

/** Starts containers `bench-0` and so on that sleep, by turns on each of the networks; gives their names. */
export async function startContainers(
  engine: Engine,
  count: number,
  networks: readonly string[],
): Promise<readonly string[]> {
  await importBusybox(engine)
  const start = (index: number): Promise<string> => {
    const network = networks[index % networks.length] ?? 'bridge'
    const args = ['run', '-d', '--name', `bench-${index}`, '--network', network, busyboxImage, 'sleep', '1000000']
    return engine.docker(args, { timeoutMs: 180_000 })
  }
  const numbers = Array.from({ length: count }, (_, index) => index)
  await inTurns(numbers, atOnce, start)
  return numbers.map((index) => `bench-${index}`)
}

/** Runs the `docker` command as somebody in a terminal would; gives what it prints. Rejects with its own words when it fails. */
export async function docker(engine: Engine, args: readonly string[]): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024 }
  return (await promisify(execFile)('docker', ['-H', `unix://${engine.socket}`, ...args], options)).stdout
}

/** Returns how long some work takes, in milliseconds. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** The same of work that is done at once. */
export function timeNow(work: () => unknown): number {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

/** Returns milliseconds in words. */
export function formatTime(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}
