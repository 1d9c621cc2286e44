import type { StoreApi } from 'zustand/vanilla'
import type { Flow } from '../../core/trace/flow.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { describeBasis } from './describe-basis.ts'
import { fittingProbe, whyNoLive } from './live-choice.ts'
import { readFlow } from './read-flow.ts'
import type { AppActions, AppState } from './store.ts'

type Names = 'connectBackend' | 'submitTrace' | 'cancel' | 'refresh' | 'answerConsent'
type Set = StoreApi<AppState>['setState']

/** Returns the actions that talk to the backend. One client at a time; a closed one leaves the last state on show. */
export function createBackendActions(set: Set, get: StoreApi<AppState>['getState']): Pick<AppActions, Names> {
  let client: Client | null = null
  let running: AbortController | null = null
  let loading: Promise<void> = Promise.resolve()
  /** What the last trace looked at; null while that is not known. */
  let basis: string | null = null
  /** What was asked before there was a connection: it is traced as soon as there is one. */
  let early: Flow | null = null
  const loadHost = (from: Client) => {
    loading = readHost(from)
    return loading
  }
  const readHost = async (from: Client) => {
    const outcome = await from.call('hostState', {})
    if (client !== from) return
    if (!outcome.ok) set({ failure: outcome.failure })
    else if (outcome.value !== null && outcome.value.revision >= get().revision) {
      const { state, revision } = outcome.value
      const outdated = get().outdated || (basis !== null && describeBasis(state) !== basis)
      set({ host: state, revision, outdated })
    }
  }
  const trace = async (from: Client, flow: Flow) => {
    running?.abort()
    const mine = new AbortController()
    running = mine
    basis = null
    set({ pending: true, failure: null, liveProgress: null })
    // A backend that has not read the host yet answers when it has.
    const show = await ask(from, flow, mine.signal, get())
    if (get().host === null) await loading
    // A newer trace or a cancel has taken over: this answer is nobody's.
    if (running !== mine) return
    running = null
    set({ pending: false, liveProgress: null })
    if (!show.ok) return set({ failure: show.failure })
    show.value()
    // The trace read the host anew, and that reading may still be on its way here.
    await loading
    const { host } = get()
    if (running === null && host !== null) basis = describeBasis(host)
  }
  return {
    connectBackend: (next) => {
      client = next
      follow(next, set, loadHost, { current: () => client === next, asking: () => get().pending })
      get().followWatches(next)
      get().followConsole(next)
      get().followManage(next)
      get().followLabs(next)
      const asked = early
      early = null
      if (asked !== null) void trace(next, asked)
    },
    submitTrace: async () => {
      const flow = readFlow(get().form, get().sourcePort)
      if (!flow.ok) return set({ failure: flow.failure })
      if (client !== null) return trace(client, flow.value)
      early = flow.value
      set({ pending: true, failure: null, liveProgress: null })
    },
    cancel: () => {
      running?.abort()
      running = null
      early = null
      set({ pending: false, liveProgress: null })
    },
    answerConsent: async (answer) => {
      if (client === null) return set({ failure: NOT_CONNECTED })
      const outcome = await client.call('answerConsent', { answer })
      if (!outcome.ok) set({ failure: outcome.failure })
    },
    refresh: async () => {
      if (client === null) return set({ failure: NOT_CONNECTED })
      const outcome = await client.call('refresh', {})
      // That the engine is still away is on show already.
      if (!outcome.ok && get().status?.lost === undefined) set({ failure: outcome.failure })
    },
  }
}

/** Asks for a trace, or for a live one, and gives what shows the answer. */
async function ask(client: Client, flow: Flow, signal: AbortSignal, state: AppState): Promise<Outcome<() => void>> {
  const { on, probe, waitSeconds } = state.liveChoice
  const params = { flow, tried: true }
  if (!on || whyNoLive(state.status) !== null) {
    const outcome = await client.call('trace', params, { signal })
    return outcome.ok ? { ok: true, value: () => state.showReport(outcome.value) } : outcome
  }
  const fitting = fittingProbe(probe, flow.protocol)
  const outcome = await client.call('liveTrace', { ...params, probe: fitting, waitSeconds }, { signal })
  return outcome.ok ? { ok: true, value: () => state.showLive(outcome.value) } : outcome
}

const NOT_CONNECTED = {
  code: 'disconnected',
  message: 'Hopwire is not connected to its backend yet',
  hint: 'wait for the connection, then try again',
} as const

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
