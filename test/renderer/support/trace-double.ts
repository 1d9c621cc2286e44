import { nameBasis } from '../../../src/core/host/name-basis.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { connect } from '../../../src/protocol/connect.ts'
import type { Outcome } from '../../../src/protocol/contract.ts'
import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { refuseWatches } from '../../support/protocol/refuse-watches.ts'
import { makeHost } from './sample-host.ts'

const STATUS = {
  kind: 'sample',
  phase: 'ready',
  label: 'sample host',
  progress: null,
  activity: null,
  problem: null,
} as const

export const FORM = { from: 'container1', to: 'facebook.com', protocol: 'icmp', port: '' } as const

/** A backend over the real protocol; the test answers its traces. One that is `unread` has its host with the first change. */
export function traceBackend({ unread = false } = {}) {
  const waiting: ((outcome: Outcome<TraceReport>) => void)[] = []
  const handlers: ((payload: { readonly revision: number }) => void)[] = []
  let revision = 1
  let containers = 2
  const host = () => makeHost({ containers, networks: 1 })
  /** What a trace was made on: the host as it was when it was asked for, or when it was read for the trace. */
  let made = { revision, basis: nameBasis(host()) }
  const service: Service = {
    methods: {
      ...refuseWatches,
      hello: async () => ({ ok: true, value: { version: '0.1.0', status: STATUS } }),
      hostState: async () => {
        const value = unread && revision === 1 ? null : { revision, state: host() }
        return { ok: true, value }
      },
      refresh: async () => ({ ok: true, value: { revision } }),
      trace: () => {
        made = { revision, basis: nameBasis(host()) }
        return new Promise((answer) => {
          waiting.push((told) => answer(told.ok ? { ok: true, value: { report: told.value, ...made } } : told))
        })
      },
      liveTrace: async () => ({ ok: false, failure: { code: 'probe-failed', message: 'nobody sends here' } }),
    },
    subscribe(event, handler) {
      if (event === 'hostStateChanged') handlers.push(handler as (payload: { readonly revision: number }) => void)
      return () => {}
    },
  }
  const [client, server] = createPortPair()
  serve(server, service)
  const tell = () => {
    for (const handler of handlers) handler({ revision })
  }
  const change = (count: number) => {
    containers = count
    revision += 1
    tell()
  }
  /** Reads the host for the trace that is under way; `tell` says so. */
  const readAnew = (count: number) => {
    containers = count
    revision += 1
    made = { revision, basis: nameBasis(host()) }
  }
  return { client: connect(client), close: () => server.close(), waiting, change, readAnew, tell }
}

/** A store that is connected to such a backend. */
export function connected(options: { readonly unread?: boolean } = {}) {
  const store = createAppStore({ form: FORM })
  const far = traceBackend(options)
  store.getState().connectBackend(far.client)
  return { store, far }
}
