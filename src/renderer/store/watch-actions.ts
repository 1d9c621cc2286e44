import type { Flow } from '../../core/trace/flow.ts'
import type { WatchFlow, WatchInfo, WatchUpdate } from '../../core/watch/watch.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Failure } from '../../protocol/contract.ts'
import { createCaptureActions } from './capture-actions.ts'
import { failureWords } from './failure-words.ts'
import type { Change, ClientHolder, WatchActions, WatchGet, WatchSet } from './watch-action-types.ts'
import { currentWatch, NOTHING_SHOWN, putInfo, type WatchErrors } from './watch-data.ts'
import { createPacketActions } from './watch-packets.ts'
import { listWatchTargets, readTarget, targetWords, whyNoWatch } from './watch-targets.ts'

/** Returns the actions of traffic as it is. One client at a time; what a closed one told stays on show. */
export function createWatchActions(set: WatchSet, get: WatchGet): WatchActions {
  const holder: ClientHolder = { client: null }
  const change: Change = (part) => set((state) => ({ watch: { ...state.watch, ...part } }))
  const show = (id: string | null) => {
    if (id !== get().watch.current) change({ ...NOTHING_SHOWN, current: id, view: 'flows' })
    if (id !== null && holder.client !== null) void readWatch(holder.client, id, get, change)
  }
  return {
    ...createLifeActions(holder, get, change, show),
    ...createPacketActions(holder, get, change),
    ...createCaptureActions(holder, set, get, change, show),
    setMode: (mode) => {
      get().pause()
      get().pauseReplay()
      set({ mode, selected: null })
      if (mode === 'session') void get().loadSession()
    },
    setWatchForm: (form) => {
      const { watch } = get()
      change({ form: { ...watch.form, ...form }, errors: withoutErrors(watch.errors, Object.keys(form)) })
    },
    aimWatch: (target) => {
      set({ mode: 'watch', selected: null })
      get().setWatchForm({ target: targetWords(target) })
    },
    followWatches: (client) => {
      holder.client = client
      client.on('watchUpdate', (update) => holder.client === client && takeUpdate(update, get, change))
      void readWatches(client, get, change, show)
      // Turned to before there was a connection, or while it was lost.
      if (get().mode === 'session') void get().loadSession()
    },
    showWatch: show,
    showFlow: (flow) => {
      set({ selected: null })
      change({ flow, cursor: get().watch.replay.playing ? get().watch.cursor : null })
    },
    setWatchView: (view) => change({ view }),
    traceFlow: (flow) => traceFlow(set, get, flow),
    dismissWatchProblem: () => change({ problem: null }),
  }
}

function traceFlow(set: WatchSet, get: WatchGet, flow: Flow): void {
  set({ mode: 'trace', selected: null })
  const { from, to, protocol } = flow
  get().setForm({ from, to, protocol, port: String(flow.destinationPort ?? '') })
  set({ sourcePort: flow.sourcePort ?? null })
  void get().submitTrace()
}

type Life = Pick<WatchActions, 'startWatch' | 'pauseWatch' | 'stopWatch' | 'forgetWatch'>

function createLifeActions(
  holder: ClientHolder,
  get: WatchGet,
  change: Change,
  show: (id: string | null) => void,
): Life {
  const put = (info: WatchInfo) => change({ infos: putInfo(get().watch.infos, info) })
  const ask = async (method: 'pauseWatch' | 'resumeWatch' | 'stopWatch') => {
    const id = get().watch.current
    if (id === null || holder.client === null) return
    const outcome = await holder.client.call(method, { id })
    if (outcome.ok) put(outcome.value)
    else change({ problem: failureWords(outcome.failure) })
  }
  return {
    startWatch: async () => {
      const { watch, host, status } = get()
      const impossible = whyNoWatch(status)
      if (impossible !== null || holder.client === null) return
      const read = readTarget(watch.form.target, listWatchTargets(host))
      if ('error' in read) return change({ errors: { target: read.error } })
      change({ starting: true, errors: {}, problem: null })
      const { filter, ringBytes, snapLength } = watch.form
      const question = { target: read.target, filter: filter.trim(), ringBytes, snapLength }
      const outcome = await holder.client.call('startWatch', question)
      change({ starting: false })
      if (!outcome.ok) return change({ errors: placeWatchFailure(outcome.failure) })
      put(outcome.value)
      show(outcome.value.id)
    },
    pauseWatch: () => {
      const stage = currentWatch(get().watch)?.stage
      change({ replay: { ...get().watch.replay, playing: false } })
      return ask(stage === 'paused' ? 'resumeWatch' : 'pauseWatch')
    },
    stopWatch: () => ask('stopWatch'),
    forgetWatch: async (id) => {
      const outcome = await holder.client?.call('forgetWatch', { id })
      if (outcome?.ok === false) return change({ problem: failureWords(outcome.failure) })
      const infos = get().watch.infos.filter((info) => info.id !== id)
      change({ infos })
      if (get().watch.current === id) show(infos.at(-1)?.id ?? null)
    },
  }
}

async function readWatches(client: Client, get: WatchGet, change: Change, show: (id: string | null) => void) {
  const outcome = await client.call('listWatches', {})
  // A backend that cannot watch says so when it is asked to.
  if (!outcome.ok) return
  change({ infos: outcome.value })
  const { current } = get().watch
  const known = outcome.value.some(({ id }) => id === current)
  show(known ? current : (outcome.value.at(-1)?.id ?? null))
}

/** Fetches what a watch has so far; what is told meanwhile is newer and stays. */
async function readWatch(client: Client, id: string, get: WatchGet, change: Change): Promise<void> {
  const [flows, packets] = await Promise.all([
    client.call('watchFlows', { id }),
    client.call('watchPackets', { id, from: 0, count: 1 }),
  ])
  const { watch } = get()
  if (watch.current !== id) return
  if (flows.ok) {
    const all = new Map(flows.value.map((flow): [number, WatchFlow] => [flow.id, flow]))
    for (const [key, flow] of watch.flows) all.set(key, flow)
    change({ flows: all })
  }
  if (packets.ok && watch.latest === null) change({ kept: { first: packets.value.first, next: packets.value.next } })
}

function takeUpdate(update: WatchUpdate, get: WatchGet, change: Change): void {
  const { watch } = get()
  const info = watch.infos.find(({ id }) => id === update.id)
  const moved = info !== undefined && (info.stage !== update.stage || info.problem !== update.problem)
  const infos = moved ? putInfo(watch.infos, { ...info, stage: update.stage, problem: update.problem }) : watch.infos
  if (update.id !== watch.current) return moved ? change({ infos }) : undefined
  const flows = new Map(watch.flows)
  for (const flow of update.flows) flows.set(flow.id, flow)
  for (const id of update.gone) flows.delete(id)
  const { first, next } = update.ring
  change({ infos, flows, latest: update, kept: { first, next } })
}

function placeWatchFailure(failure: Failure): WatchErrors {
  const words = failureWords(failure)
  if (failure.at === 'filter') return { filter: words }
  return failure.at?.startsWith('target') || failure.code === 'unknown-name' ? { target: words } : { form: words }
}

function withoutErrors(errors: WatchErrors, names: readonly string[]): WatchErrors {
  return Object.fromEntries(Object.entries(errors).filter(([name]) => name !== 'form' && !names.includes(name)))
}
