import { writePcapng } from '../../core/capture/write-pcapng.ts'
import type { HostState } from '../../core/host/host-state.ts'
import type { Failure, Method, Outcome } from '../../protocol/contract.ts'
import type { Service } from '../../protocol/service.ts'
import { whyNoKernel } from '../consent/why-no-kernel.ts'
import type { Source } from '../sources/source.ts'
import type { StateKeeper } from '../state-keeper.ts'
import { TrafficWatch } from './traffic-watch.ts'
import type { Transfers } from './transfers.ts'
import type { WatchDesk } from './watch-desk.ts'

/** The methods of the contract that are about traffic as it is. */
export type WatchMethod = Extract<Method, `${string}Watch` | 'listWatches' | 'watchFlows' | 'watchPackets'>

/** What these methods work with. */
export interface WatchBackend {
  readonly source: Source
  readonly keeper: StateKeeper
  readonly desk: WatchDesk
  readonly transfers: Transfers
}

/** How old the state may be that a watch begins with: names and namespaces change with events, which are heard. */
const FRESH = 5000

/** Returns those methods. */
export function createWatchMethods(backend: WatchBackend): Pick<Service['methods'], WatchMethod> {
  const { source, keeper, desk, transfers } = backend
  const current = (): HostState | null => keeper.current()?.state ?? null
  return {
    startWatch: async (question, { signal }) => {
      const read = await keeper.freshThan(FRESH)
      if (!read.ok) return read
      if (source.kind !== 'docker') return { ok: false, failure: notAlive(source) }
      const refusal = whyNoKernel(read.value.state, source.status())
      if (refusal !== null) return { ok: false, failure: refusal }
      const started = await desk.start(question, read.value.state)
      // Whoever asked has gone meanwhile, and does not know its id.
      if (started.ok && signal.aborted) await desk.forget(started.value.id)
      return started
    },
    listWatches: async () => done(desk.list().map((watch) => watch.info())),
    pauseWatch: async ({ id }) => withTraffic(desk, id, (watch) => watch.pause()),
    resumeWatch: async ({ id }) => withTraffic(desk, id, (watch) => watch.resume()),
    stopWatch: async ({ id }) => withTraffic(desk, id, (watch) => watch.stop()),
    forgetWatch: async ({ id }) => {
      const watch = desk.get(id)
      if (!watch.ok) return watch
      await desk.forget(id)
      return done({})
    },
    watchFlows: async ({ id }) => {
      const watch = desk.get(id)
      return watch.ok ? done(watch.value.flows()) : watch
    },
    watchPackets: async ({ id, from, count }) => {
      const watch = desk.get(id)
      return watch.ok ? done(watch.value.packets(from, count)) : watch
    },
    exportWatch: async ({ id }) => {
      const watch = desk.get(id)
      if (!watch.ok) return watch
      const { label } = watch.value.info()
      const bytes = writePcapng(watch.value.capture(current()))
      return done(transfers.offer(`hopwire-${fileName(label)}.pcapng`, bytes))
    },
  }
}

/** A capture of a file has ended already: pausing and stopping it changes nothing. */
async function withTraffic<T>(
  desk: WatchDesk,
  id: string,
  act: (watch: TrafficWatch) => T | Promise<T>,
): Promise<Outcome<T | ReturnType<TrafficWatch['info']>>> {
  const watch = desk.get(id)
  if (!watch.ok) return watch
  return done(watch.value instanceof TrafficWatch ? await act(watch.value) : watch.value.info())
}

function notAlive({ kind }: Source): Failure {
  const what = { snapshot: 'a snapshot', sandbox: 'the sandbox', sample: 'the sample host', docker: 'this host' }[kind]
  return { code: 'probe-failed', message: `${what} has no traffic`, hint: 'watching needs a Docker engine' }
}

/** Returns a text as part of a file's name. */
export function fileName(label: string): string {
  return (
    label
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 80) || 'watch'
  )
}

function done<T>(value: T): Outcome<T> {
  return { ok: true, value }
}
