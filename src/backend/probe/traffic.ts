import { feedTraffic, openTraffic } from '../../core/parse/live/traffic-stream.ts'
import type { Engine } from '../docker/engine.ts'
import type { OnTraffic, TrafficPlan } from '../watch/traffic-plan.ts'
import { checkPlaces } from './check-places.ts'
import { scriptText } from './script-text.ts'

/** Kernel memory for packets that wait to be read, in kilobytes, of all namespaces together, and the least for one. */
const BUFFERS = 32 * 1024
const LEAST_BUFFER = 2048

/** Runs the traffic watches of one helper. */
export interface TrafficKeeper {
  /**
   * Listens until the signal fires, and resolves when all tools have ended. Rejects with the engine's error, or with the
   * helper's own words when it ended without being told to.
   */
  run(plan: TrafficPlan, onTraffic: OnTraffic, signal: AbortSignal): Promise<void>
  /** Ends all that run and waits until they have. */
  end(): Promise<void>
}

/** Returns a keeper for the traffic watches in a helper container. */
export function createTrafficKeeper(engine: Engine, helper: string): TrafficKeeper {
  const ending = new AbortController()
  const running = new Set<Promise<unknown>>()
  return {
    run(plan, onTraffic, signal) {
      const watch = listen(engine, helper, plan, onTraffic, AbortSignal.any([signal, ending.signal]))
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

async function listen(
  engine: Engine,
  helper: string,
  plan: TrafficPlan,
  onTraffic: OnTraffic,
  signal: AbortSignal,
): Promise<void> {
  const { snapLength, userFilter, places } = plan
  checkPlaces(places)
  const buffer = Math.max(LEAST_BUFFER, Math.floor(BUFFERS / places.length))
  const words = [snapLength, buffer, userFilter, ...places.flatMap(({ pid, inode, filter }) => [pid, inode, filter])]
  const command = ['/usr/bin/perl', '-e', scriptText('watch-traffic.pl'), '--', ...words.map(String)]
  const stream = openTraffic()
  let refused = false
  const onOutput = (bytes: Buffer): void => {
    for (const piece of feedTraffic(stream, bytes)) {
      refused ||= piece.kind === 'refused-filter'
      onTraffic(piece)
    }
  }
  const { exitCode, stderr } = await engine.stream(helper, command, [], { onOutput, signal })
  if (signal.aborted || refused) return
  const said = stderr.toString().trim().split('\n').at(-1)
  throw new Error(`the watch ended too early: ${said || `exit status ${exitCode}`}`)
}
