/**
 * How many packets a second a watch of a container takes in without losing one, beside tcpdump, which writes the same ones of
 * the same namespaces to files in the same run: datagrams at a rate that doubles until the watch loses some.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDockerSource } from '../src/backend/sources/docker-source.ts'
import { type BackendService, createService } from '../src/backend/service.ts'
import type { WatchUpdate } from '../src/core/watch/watch.ts'
import { createCanceller } from '../src/protocol/cancel-signal.ts'
import { type Engine, standardScene, startEngine, startWorld, whyNoLab } from '../test/lab/index.ts'
import type { Line } from './line.ts'

export const name = 'watch-rate'

const SECONDS = 5
const FIRST_RATE = 4000
const MOST_RATE = 256_000
const FILTER = 'udp dst port 9'

/** What one rate gave, in packets of all devices. */
interface Step {
  readonly watched: number
  readonly lost: number
  readonly dumped: number
  readonly dumpLost: number
}

/** Measures on Docker 28; in place of it, the reason why that cannot be done here. */
export async function run(): Promise<readonly Line[]> {
  const reason = whyNoLab()
  if (reason !== undefined) return [{ what: name, value: 'skipped', note: reason }]
  const world = await startWorld()
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-bench-'))
  try {
    const engine = await startEngine(world, { generation: '28' })
    await standardScene(engine)
    const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
    const service = createService({ source, version: 'bench', reading: 'fresh' })
    try {
      return await measure(service, engine, folder)
    } finally {
      await service.close()
    }
  } finally {
    world.stop()
    rmSync(folder, { recursive: true })
  }
}

async function measure(service: BackendService, engine: Engine, folder: string): Promise<readonly Line[]> {
  const totals = await startWatch(service)
  const lines: Line[] = []
  for (let rate = FIRST_RATE; rate <= MOST_RATE; rate *= 2) {
    const step = await takeStep(engine, folder, rate, totals)
    const beside = `tcpdump beside it: ${perSecond(step.dumped)}, ${step.dumpLost} lost`
    lines.push({
      what: `${rate} datagrams/s`,
      value: `${perSecond(step.watched)} packets/s, ${step.lost} lost`,
      note: beside,
    })
    if (step.lost > 0) break
  }
  return lines
}

type Totals = () => WatchUpdate['totals']

async function startWatch(service: BackendService): Promise<Totals> {
  let last: WatchUpdate['totals'] | null = null
  service.subscribe('watchUpdate', ({ totals }) => (last = totals))
  const question = {
    target: { kind: 'container', name: 'c1' },
    filter: FILTER,
    ringBytes: 32 << 20,
    snapLength: 512,
  } as const
  const started = await service.methods.startWatch(question, { signal: createCanceller().signal })
  if (!started.ok) throw new Error(started.failure.message)
  return () => {
    if (last === null) throw new Error('a watch that tells nothing')
    return last
  }
}

async function takeStep(engine: Engine, folder: string, rate: number, totals: Totals): Promise<Step> {
  const spaces = [engine.netns, await engine.containerNetns('c1')]
  const dumps = await Promise.all(spaces.map((netns, index) => startDump(netns, join(folder, `${index}.pcap`))))
  const before = totals()
  await flood(engine, rate)
  const after = await settle(totals)
  const ended = await Promise.all(dumps.map(endDump))
  return {
    watched: after.packets - before.packets,
    lost: after.lost - before.lost,
    dumped: ended.reduce((sum, { packets }) => sum + packets, 0),
    dumpLost: ended.reduce((sum, { lost }) => sum + lost, 0),
  }
}

/** What waits in buffers on a busy machine is told with later updates: until nothing more comes. */
async function settle(totals: Totals): Promise<WatchUpdate['totals']> {
  for (let last = totals(); ; last = totals()) {
    await new Promise((resolve) => setTimeout(resolve, 3000))
    if (totals().packets === last.packets) return totals()
  }
}

interface Dump {
  readonly child: ChildProcess
  readonly said: () => string
}

async function startDump(netns: string, file: string): Promise<Dump> {
  const words = ['-i', 'any', '-y', 'LINUX_SLL2', '-s', '512', '-n', '-Z', 'root', '-w', file, FILTER]
  const child = spawn('nsenter', [`--net=${netns}`, 'tcpdump', ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`tcpdump: ${said}`)))
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (/listening on/.test(said)) resolve()
    })
  })
  return { child, said: () => said }
}

async function endDump({ child, said }: Dump): Promise<{ readonly packets: number; readonly lost: number }> {
  const closed = once(child, 'close')
  child.kill('SIGINT')
  await closed
  const read = (pattern: RegExp) => Number(pattern.exec(said())?.[1] ?? 0)
  return { packets: read(/(\d+) packets? captured/), lost: read(/(\d+) packets? dropped by kernel/) }
}

/** Datagrams from c1 to c2's discard port, a burst every two milliseconds. */
async function flood(engine: Engine, rate: number): Promise<void> {
  const netns = await engine.containerNetns('c1')
  const script = [
    'import socket, time',
    'sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
    'begin = time.monotonic()',
    'sent = 0',
    `while time.monotonic() - begin < ${SECONDS}:`,
    // A sender that cannot keep up ends all the same.
    `    for _ in range(min(2000, int((time.monotonic() - begin) * ${rate}) - sent)):`,
    '        sender.sendto(b"x" * 64, ("172.17.0.3", 9))',
    '        sent += 1',
    '    time.sleep(0.002)',
  ].join('\n')
  await once(spawn('nsenter', [`--net=${netns}`, 'python3', '-c', script], { stdio: 'ignore' }), 'exit')
}

function perSecond(packets: number): string {
  return Math.round(packets / SECONDS).toLocaleString('en')
}
