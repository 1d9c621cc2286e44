import type { StoreApi } from 'zustand/vanilla'
import type { HostState } from '../../core/host/host-state.ts'
import { nameBasis } from '../../core/host/name-basis.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Made, Outcome } from '../../protocol/contract.ts'
import { NOT_CONNECTED } from './not-connected.ts'
import { fittingProbe, whyNoLive } from './live-choice.ts'
import { readFlow } from './read-flow.ts'
import type { AppActions, AppState } from './store.ts'

type Names = 'connectBackend' | 'submitTrace' | 'cancel' | 'refresh' | 'answerConsent'
type Set = StoreApi<AppState>['setState']

type MadeOn = Omit<Made<unknown>, 'report'>

/** What goes on between the window and its backend. */
interface Talk {
  readonly set: Set
  readonly get: StoreApi<AppState>['getState']
  client: Client | null
  running: AbortController | null
  loading: Promise<void>
  /** What the trace on show was made on; null without one. */
  madeOn: MadeOn | null
  /** What was asked before there was a connection: it is traced as soon as there is one. */
  early: Flow | null
}

/** Returns the actions that talk to the backend. One client at a time; a closed one leaves the last state on show. */
export function createBackendActions(set: Set, get: StoreApi<AppState>['getState']): Pick<AppActions, Names> {
  const talk: Talk = { set, get, client: null, running: null, loading: Promise.resolve(), madeOn: null, early: null }
  return {
    connectBackend: (next) => connect(talk, next),
    submitTrace: async () => {
      const flow = readFlow(get().form, get().sourcePort)
      if (!flow.ok) return set({ failure: flow.failure })
      if (talk.client !== null) return trace(talk, talk.client, flow.value)
      talk.early = flow.value
      set({ pending: true, failure: null, liveProgress: null })
    },
    cancel: () => {
      talk.running?.abort()
      talk.running = null
      talk.early = null
      set({ pending: false, liveProgress: null })
    },
    answerConsent: async (answer) => {
      if (talk.client === null) return set({ failure: NOT_CONNECTED })
      const outcome = await talk.client.call('answerConsent', { answer })
      if (!outcome.ok) set({ failure: outcome.failure })
    },
    refresh: async () => {
      if (talk.client === null) return set({ failure: NOT_CONNECTED })
      const outcome = await talk.client.call('refresh', {})
      // That the engine is still away is on show already.
      if (!outcome.ok && get().status?.lost === undefined) set({ failure: outcome.failure })
    },
  }
}

function connect(talk: Talk, next: Client): void {
  const { set, get } = talk
  talk.client = next
  // Another backend numbers its states from the beginning.
  if (talk.madeOn !== null) talk.madeOn = { ...talk.madeOn, revision: 0 }
  const load = (from: Client) => (talk.loading = readHost(talk, from))
  follow(next, set, load, { current: () => talk.client === next, asking: () => get().pending })
  get().followWatches(next)
  get().followConsole(next)
  get().followManage(next)
  get().followLabs(next)
  const asked = talk.early
  talk.early = null
  if (asked !== null) void trace(talk, next, asked)
}

async function readHost(talk: Talk, from: Client): Promise<void> {
  const { set, get } = talk
  const outcome = await from.call('hostState', {})
  if (talk.client !== from) return
  if (!outcome.ok) set({ failure: outcome.failure })
  else if (outcome.value !== null && outcome.value.revision >= get().revision) {
    const { state, revision } = outcome.value
    set({ host: state, revision, outdated: get().outdated || hasChanged(talk.madeOn, state, revision) })
  }
}

async function trace(talk: Talk, from: Client, flow: Flow): Promise<void> {
  const { set, get } = talk
  talk.running?.abort()
  const mine = new AbortController()
  talk.running = mine
  set({ pending: true, failure: null, liveProgress: null })
  // A backend that has not read the host yet answers when it has.
  const made = await ask(from, flow, mine.signal, get())
  if (get().host === null) await talk.loading
  // A newer trace or a cancel has taken over: this answer is nobody's.
  if (talk.running !== mine) return
  talk.running = null
  set({ pending: false, liveProgress: null })
  if (!made.ok) return set({ failure: made.failure })
  const { show, basis, revision } = made.value
  talk.madeOn = { basis, revision: talk.client === from ? revision : 0 }
  show()
  // What has changed while the trace was under way may have been told already.
  const newest = get()
  if (newest.host !== null && hasChanged(talk.madeOn, newest.host, newest.revision)) set({ outdated: true })
}

/** A state from before the trace tells nothing of it: the trace read the host anew, and that may be on its way here. */
function hasChanged(madeOn: MadeOn | null, state: HostState, revision: number): boolean {
  return madeOn !== null && revision > madeOn.revision && nameBasis(state) !== madeOn.basis
}

interface Shown extends MadeOn {
  readonly show: () => void
}

/** Asks for a trace, or for a live one, and gives what shows the answer. */
async function ask(client: Client, flow: Flow, signal: AbortSignal, state: AppState): Promise<Outcome<Shown>> {
  const { on, probe, waitSeconds } = state.liveChoice
  const params = { flow, tried: true }
  if (!on || whyNoLive(state.status) !== null) {
    const outcome = await client.call('trace', params, { signal })
    return outcome.ok ? toShow(outcome.value, state.showReport) : outcome
  }
  const fitting = fittingProbe(probe, flow.protocol)
  const outcome = await client.call('liveTrace', { ...params, probe: fitting, waitSeconds }, { signal })
  return outcome.ok ? toShow(outcome.value, state.showLive) : outcome
}

function toShow<R>({ report, ...madeOn }: Made<R>, show: (report: R) => void): Outcome<Shown> {
  return { ok: true, value: { ...madeOn, show: () => show(report) } }
}

/** Subscribes to the client's events, then reads what was there before. */
function follow(
  client: Client,
  set: Set,
  loadHost: (from: Client) => Promise<void>,
  is: { readonly current: () => boolean; readonly asking: () => boolean },
): void {
  set({ connected: true, revision: 0 })
  client.on('status', (status) => is.current() && set({ status }))
  client.on('liveProgress', (liveProgress) => is.current() && is.asking() && set({ liveProgress }))
  client.on('hostStateChanged', () => void loadHost(client))
  client.onClose(() => is.current() && set({ connected: false, pending: false }))
  // Before the host, which is answered in its turn: where that is on show, it is known what can be done with it.
  void client.call('hello', {}).then((outcome) => {
    if (!is.current()) return
    set(outcome.ok ? { status: outcome.value.status } : { failure: outcome.failure })
  })
  void loadHost(client)
}
