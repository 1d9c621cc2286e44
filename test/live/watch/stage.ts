import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import type { WatchFlow, WatchUpdate } from '../../../src/core/watch/watch.ts'
import { CLI_ENV } from '../../cli/run-hopwire.ts'
import {
  type Engine,
  type Generation,
  standardScene,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../../lab/index.ts'
import { onceMore } from '../../lab/once-more.ts'
import { bundleCli } from '../../support/bundle-cli.ts'
import { listLeft, listProcesses, readRules } from '../left-behind.ts'

export const SOON = { timeout: 60_000, interval: 200 }
/** The programs of a watch that run on the host. */
export const TOOLS = /^\/usr\/(bin\/(perl|tcpdump)|sbin\/conntrack) /

/** `hopwire watch ... --json`, while it runs. */
export interface Watching {
  readonly child: ChildProcess
  readonly updates: readonly WatchUpdate[]
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>
  /** All flows, as they were told last. */
  flows(): readonly WatchFlow[]
}

/** An engine with the standard scene, and the command line over it. */
export interface WatchStage {
  readonly world: World
  readonly engine: Engine
  /** What its rules were before anything was watched. */
  readonly rules: string
  hopwire(words: readonly string[]): ChildProcess
  /** Ends whatever a test that failed has not ended. */
  endAll(): void
  /** Starts to watch; resolves at once. */
  watch(...words: readonly string[]): Watching
  /** Starts to watch and resolves once it listens. */
  watching(...words: readonly string[]): Promise<Watching>
  get(container: string, url: string): Promise<string>
  /** What is left of watches on the host, in words. */
  left(): Promise<readonly string[]>
}

const reason = whyNoLab()

/** Describes tests of `hopwire watch` on one generation; after each, nothing of it is left on the host. */
export function describeWatching(title: string, generation: Generation, body: (stage: () => WatchStage) => void): void {
  const skipped = reason === undefined ? '' : ` (skipped: ${reason})`
  describe.skipIf(reason !== undefined)(`${title} with Docker ${generation}${skipped}`, () => {
    let world: World | null = null
    let stage: WatchStage | null = null
    const opened = (): WatchStage => {
      if (stage === null) throw new Error('the stage is not open')
      return stage
    }

    beforeAll(async () => {
      world = await startWorld()
      const engine = await startEngine(world, { generation })
      await standardScene(engine)
      const rules = await onceMore({ what: 'the rules of a host', make: () => readRules(engine) })
      stage = openStage(world, engine, rules, await bundleCli())
    })
    afterAll(() => world?.stop())
    afterEach(async () => {
      opened().endAll()
      await expect.poll(() => opened().left(), SOON).toEqual([])
    })

    body(opened)
  })
}

/** Ends a watch as Ctrl-C does. */
export async function stopWatching({ child, ended }: Watching): Promise<Awaited<Watching['ended']>> {
  child.kill('SIGINT')
  return ended
}

function openStage(world: World, engine: Engine, rules: string, entry: string): WatchStage {
  const children = new Set<ChildProcess>()
  const hopwire = (words: readonly string[]): ChildProcess => {
    const argv = [entry, ...words, '--docker-host', `unix://${engine.socket}`]
    const child = spawn(process.execPath, argv, { env: CLI_ENV, stdio: ['ignore', 'pipe', 'pipe'] })
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }
  const watch = (...words: readonly string[]): Watching => follow(hopwire(['watch', ...words, '--json']))
  return {
    world,
    engine,
    rules,
    hopwire,
    endAll: () => children.forEach((child) => child.kill('SIGINT')),
    watch,
    watching: async (...words) => {
      const watched = watch(...words)
      await expect.poll(() => watched.updates.length, SOON).toBeGreaterThan(0)
      return watched
    },
    get: (container, url) => engine.docker(['exec', container, 'wget', '-q', '-O', '/dev/null', url]),
    left: async () => [...(await listLeft(engine)), ...listProcesses(engine, TOOLS).map(({ words }) => words)],
  }
}

/** Reads what a watch tells, line by line. */
function follow(child: ChildProcess): Watching {
  const updates: WatchUpdate[] = []
  let [text, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (text + piece).split('\n')
    text = lines.pop() ?? ''
    updates.push(...lines.map((line) => JSON.parse(line) as WatchUpdate))
  })
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, stderr }))
  const flows = () => [...new Map(updates.flatMap((one) => one.flows.map((flow) => [flow.id, flow] as const))).values()]
  return { child, updates, ended, flows }
}
