/**
 * How long one full read of a host with 50 containers takes, beside two things in the same run on the same engine: what
 * `docker ps` and `docker inspect` take, which tell nothing of rules and routes, and what asking each container by itself
 * takes, `docker exec CONTAINER ip addr`, which tells its addresses and nothing else.
 *
 * Only the ratio means something from one machine, or one minute, to the next. BENCH_CONTAINERS makes another number,
 * BENCH_GENERATION and BENCH_ROUNDS less of it.
 */
import { createDockerSource } from '../src/backend/sources/docker-source.ts'
import type { Engine, Generation } from '../test/lab/index.ts'
import { countContainers, docker, formatTime, onEachEngine, startContainers, time } from './bench-host.ts'
import { inTurns } from './in-turns.ts'
import { type Line, percentile } from './line.ts'

const count = countContainers(50)
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const atOnce = 8

export const name = 'read-host'

/** Measures on both engine generations; in place of it, the reason why that cannot be done here. */
export function run(): Promise<readonly Line[]> {
  return onEachEngine(name, benchReadHost)
}

async function benchReadHost(engine: Engine, generation: Generation): Promise<readonly Line[]> {
  for (const network of ['net-1', 'net-2']) await engine.docker(['network', 'create', network])
  const names = await startContainers(engine, count, ['bridge', 'net-1', 'net-2'])
  const { reads, asks } = await timeReads(engine)
  const oneByOne = await time(() => execInEach(engine, names, 1))
  const parallel = await time(() => execInEach(engine, names, atOnce))
  const read = percentile(reads, 0.5)
  const spread = `median of ${rounds} after the first, from ${formatTime(Math.min(...reads))} to ${formatTime(Math.max(...reads))}`
  const ratio = (other: number): string => `${formatTime(other)}, ${(other / read).toFixed(2)} × one read`
  return [
    { what: `Docker ${generation}: one full read of ${count} containers`, value: formatTime(read), note: spread },
    { what: '  docker ps and docker inspect', value: ratio(percentile(asks, 0.5)) },
    { what: `  ${count} docker exec ip addr`, value: ratio(oneByOne) },
    { what: `  the same, ${atOnce} at a time`, value: ratio(parallel) },
  ]
}

/** By turns, since a machine is not as busy all the time. The first read also starts the helper and is not counted. */
async function timeReads(engine: Engine): Promise<{ readonly reads: number[]; readonly asks: number[] }> {
  const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  const read = async (): Promise<void> => {
    const outcome = await source.load()
    if (!outcome.ok) throw new Error(outcome.failure.message)
    if (outcome.value.namespaces.length !== count + 1) throw new Error('not every namespace was read')
  }
  const [reads, asks]: [number[], number[]] = [[], []]
  try {
    await read()
    for (let round = 0; round < rounds; round += 1) {
      asks.push(await time(() => askApi(engine)))
      reads.push(await time(read))
    }
    return { reads, asks }
  } finally {
    await source.close()
  }
}

async function askApi(engine: Engine): Promise<void> {
  const listed = await docker(engine, ['ps', '-aq'])
  await docker(engine, ['inspect', ...listed.split('\n').filter(Boolean)])
}

async function execInEach(engine: Engine, names: readonly string[], workers: number): Promise<void> {
  await inTurns(names, workers, (each) => docker(engine, ['exec', each, 'ip', 'addr']))
}
