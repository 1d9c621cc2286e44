import { describe, expect, it } from 'vitest'
import { nameBasis } from '../../../src/core/host/name-basis.ts'
import type { LiveReport } from '../../../src/core/trace/live-report.ts'
import { connect } from '../../../src/protocol/connect.ts'
import type { LiveProgress, Outcome, Params, SourceStatus } from '../../../src/protocol/contract.ts'
import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { AGREEING, PARTING } from '../support/live-sample.ts'
import { makeHost } from '../support/sample-host.ts'
import { refuseWatches } from '../../support/protocol/refuse-watches.ts'
import { sampleReport } from '../support/sample-report.ts'
import { until } from '../support/until.ts'

const hostOf = (containers: number) => makeHost({ containers, networks: 1 })
const BASIS = nameBasis(hostOf(2))

/** A backend over the real protocol whose live traces the test answers. */
function connected(kind: SourceStatus['kind']) {
  const asked: Params<'liveTrace'>[] = []
  const answers: ((outcome: Outcome<LiveReport>) => void)[] = []
  const progress = new Set<(payload: LiveProgress) => void>()
  const status = { kind, phase: 'ready', label: kind, progress: null, activity: null, problem: null } as const
  const changes: ((payload: { readonly revision: number }) => void)[] = []
  let shown = { revision: 1, state: hostOf(2) }
  let cancelled = 0
  const service: Service = {
    methods: {
      ...refuseWatches,
      hello: async () => ({ ok: true, value: { version: '0.1.0', status } }),
      hostState: async () => ({ ok: true, value: shown }),
      refresh: async () => ({ ok: true, value: { revision: 1 } }),
      trace: async () => ({ ok: true, value: { report: sampleReport(), revision: 1, basis: BASIS } }),
      liveTrace: (params, { signal }) => {
        asked.push(params)
        signal.addEventListener('abort', () => {
          cancelled += 1
        })
        const { revision, state } = shown
        const made = { revision, basis: nameBasis(state) }
        return new Promise((answer) => {
          answers.push((told) => answer(told.ok ? { ok: true, value: { report: told.value, ...made } } : told))
        })
      },
    },
    subscribe(event, handler) {
      if (event === 'liveProgress') progress.add(handler as (payload: LiveProgress) => void)
      if (event === 'hostStateChanged') changes.push(handler as (payload: { readonly revision: number }) => void)
      return () => {}
    },
  }
  const [client, server] = createPortPair()
  serve(server, service)
  const store = createAppStore({ form: { from: 'c1', to: '203.0.113.80', protocol: 'icmp', port: '' } })
  store.getState().connectBackend(connect(client))
  const tell = (payload: LiveProgress) => {
    for (const handler of progress) handler(payload)
  }
  const change = (containers: number) => {
    shown = { revision: shown.revision + 1, state: hostOf(containers) }
    for (const handler of changes) handler({ revision: shown.revision })
  }
  return { store, asked, answers, tell, change, cancelled: () => cancelled }
}

const WAITING: LiveProgress = { phase: 'waiting', text: 'waiting for the answer', fraction: null }

describe('the store and live traces', () => {
  it('asks live when that is chosen, shows how far it is, and plays both sides as one', async () => {
    const { store, asked, answers, tell } = connected('docker')
    await until(() => store.getState().status !== null)
    store.getState().setLiveChoice({ on: true, probe: 'http' })
    const done = store.getState().submitTrace()
    await until(() => answers.length === 1)
    // ICMP has no HTTP request: the usual way of asking stands in for it.
    expect(asked[0]).toMatchObject({ probe: 'auto', flow: { from: 'c1', to: '203.0.113.80' }, waitSeconds: 60 })
    tell(WAITING)
    await until(() => store.getState().liveProgress !== null)
    expect(store.getState().liveProgress).toEqual(WAITING)
    answers[0]?.({ ok: true, value: PARTING })
    await done
    const { live, report, timeline, playback, liveProgress } = store.getState()
    expect(live?.comparison.divergence).toContain('DOCKER-USER')
    expect(report?.origin).toBe('observed')
    expect(timeline.events.some(({ lane }) => lane === 'predicted')).toBe(true)
    expect(playback).toMatchObject({ position: 0, playing: true })
    expect(liveProgress).toBeNull()
  })

  it('says that the host has changed since while the probe was on its way', async () => {
    const { store, answers, change } = connected('docker')
    await until(() => store.getState().status !== null && store.getState().host !== null)
    store.getState().setLiveChoice({ on: true })
    const done = store.getState().submitTrace()
    await until(() => answers.length === 1)
    change(3)
    await until(() => store.getState().revision === 2)
    answers[0]?.({ ok: true, value: AGREEING })
    await done
    expect(store.getState()).toMatchObject({ live: {}, outdated: true })
  })

  it('cancels a live trace at the backend and takes no notice of what it tells after that', async () => {
    const { store, answers, tell, cancelled } = connected('docker')
    await until(() => store.getState().status !== null)
    store.getState().setLiveChoice({ on: true })
    const done = store.getState().submitTrace()
    await until(() => answers.length === 1)
    store.getState().cancel()
    await done
    await until(() => cancelled() === 1)
    tell(WAITING)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(store.getState()).toMatchObject({ pending: false, liveProgress: null, failure: null, live: null })
  })

  it('predicts alone where there is no kernel to ask, whatever was chosen before', async () => {
    const { store, asked } = connected('snapshot')
    await until(() => store.getState().status !== null)
    store.getState().setLiveChoice({ on: true })
    await store.getState().submitTrace()
    expect(asked).toEqual([])
    expect(store.getState()).toMatchObject({ live: null, report: { origin: 'predicted' } })
  })

  it('shows one lane again after a prediction', () => {
    const store = createAppStore()
    store.getState().showLive(AGREEING)
    expect(store.getState().live).toBe(AGREEING)
    store.getState().showReport(sampleReport())
    expect(store.getState().live).toBeNull()
  })
})
