import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Frame, splitFrames } from '../../core/parse/frames.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import type { Engine } from '../docker/engine.ts'
import type { WatchPhase, WatchPlan } from '../live/watch-plan.ts'
import { checkPlaces } from './check-places.ts'
import { scriptText, SEND_PROBE, WATCH_PROBE } from './script-text.ts'

const phases: readonly string[] = ['ready', 'sent', 'waiting', 'first', 'answered'] satisfies readonly WatchPhase[]

/** Ethernet's header, which a frame has on its way out and no more when it has come in. */
const ETHERNET = 14

/** The watches of one helper. */
export interface WatchKeeper {
  run(
    plan: WatchPlan,
    onPhase: (phase: WatchPhase) => void,
    signal?: AbortSignal,
    enough?: Promise<void>,
  ): Promise<Parsed<readonly Frame[]>>
  /** Ends all that run and waits until they have cleaned up: what is killed with the helper cannot. */
  end(): Promise<void>
}

/** Returns a keeper for the watches in a helper container. */
export function createWatchKeeper(engine: Engine, helper: string): WatchKeeper {
  const ending = new AbortController()
  const running = new Set<Promise<unknown>>()
  return {
    run(plan, onPhase, signal, enough) {
      const both = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal])
      const watch = runWatch(engine, helper, plan, { onPhase, signal: both, enough })
      running.add(watch)
      void watch.catch(() => undefined).then(() => running.delete(watch))
      return watch
    },
    async end() {
      ending.abort()
      await Promise.allSettled(running)
    },
  }
}

interface Attention {
  readonly onPhase: (phase: WatchPhase) => void
  readonly signal: AbortSignal
  readonly enough: Promise<void> | undefined
}

/**
 * Runs one watch in the helper and gives the frames that it printed. The signal ends it, and what it set up with it; so
 * does the end of this process; `enough` ends the wait alone. Rejects with the engine's error, or with the watch's own words.
 */
async function runWatch(
  engine: Engine,
  helper: string,
  plan: WatchPlan,
  { onPhase, signal, enough }: Attention,
): Promise<Parsed<readonly Frame[]>> {
  checkPlaces([...plan.namespaces, ...(plan.send === null ? [] : [plan.send])])
  const command = ['/usr/bin/perl', '-e', scriptText(...WATCH_PROBE), '--', ...toWords(plan)]
  const env = [`HOPWIRE_SENDER=${scriptText(...SEND_PROBE)}`]
  const onLine = (line: string): void => {
    if (phases.includes(line)) onPhase(line as WatchPhase)
  }
  const result = await engine.follow(helper, command, env, {
    onLine,
    signal,
    ...(enough === undefined ? {} : { enough }),
  })
  signal.throwIfAborted()
  if (result.stdout.length === 0) {
    const words = result.stderr.toString().trim().split('\n')
    const said = words.filter((line) => !phases.includes(line)).at(-1)
    throw new Error(`the watch ended too early: ${said || `exit status ${result.exitCode}`}`)
  }
  return splitFrames(await promisify(gunzip)(result.stdout))
}

function toWords(plan: WatchPlan): readonly string[] {
  const lengths = [...new Set(plan.lengths.flatMap((length) => [length, length + ETHERNET]))]
  const head = [plan.id, plan.limit, plan.idle, plan.settle, lengths.length === 0 ? '-' : lengths.join(',')]
  const places = plan.namespaces.flatMap(({ pid, inode, filter, rules, checks }) => [
    'ns',
    pid,
    inode,
    filter,
    rules,
    checks.length === 0 ? '-' : checks.join(','),
  ])
  const { send } = plan
  const rest = send === null ? ['await'] : ['send', send.pid, send.inode, ...send.words]
  return [...head, ...places, ...rest].map(String)
}
