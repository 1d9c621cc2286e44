import { describe, expect, it } from 'vitest'
import { selectEventIndex, selectExchange, selectLeg, selectMoment } from '../../../src/renderer/store/selectors.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { sampleReport } from '../support/sample-report.ts'
import { connected, FORM, traceBackend } from '../support/trace-double.ts'
import { until } from '../support/until.ts'

describe('the store and its backend', () => {
  it('reads status and host when it is connected, and again when the host changes', async () => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null && store.getState().status !== null)
    expect(store.getState().host?.containers).toHaveLength(2)
    far.change(5)
    await until(() => store.getState().revision === 2)
    expect(store.getState().host?.containers).toHaveLength(5)
  })

  it('knows what can be done with a host as soon as that is on show', async () => {
    const { store } = connected()
    const kind = await new Promise((resolve) => {
      store.subscribe(({ host, status }) => host !== null && resolve(status?.kind ?? 'unknown'))
    })
    expect(kind).toBe('sample')
  })

  it('plays a trace from its beginning once it is there', async () => {
    const { store, far } = connected()
    const done = store.getState().submitTrace()
    expect(store.getState().pending).toBe(true)
    await until(() => far.waiting.length === 1)
    far.waiting[0]?.({ ok: true, value: sampleReport() })
    await done
    expect(store.getState()).toMatchObject({ pending: false, failure: null, playback: { playing: true, position: 0 } })
    expect(store.getState().timeline.legs).toHaveLength(2)
  })

  it('keeps the last trace on show when the next one fails, and says why', async () => {
    const { store, far } = connected()
    store.getState().showReport(sampleReport())
    const done = store.getState().submitTrace()
    await until(() => far.waiting.length === 1)
    far.waiting[0]?.({ ok: false, failure: { code: 'unknown-name', message: 'nothing is called x' } })
    await done
    expect(store.getState().failure?.code).toBe('unknown-name')
    expect(store.getState().report).not.toBeNull()
  })

  it('shows the newest trace alone, in whatever order the answers come', async () => {
    const { store, far } = connected()
    const first = store.getState().submitTrace()
    const second = store.getState().submitTrace()
    await until(() => far.waiting.length >= 1)
    await first
    expect(store.getState()).toMatchObject({ pending: true, report: null, failure: null })
    far.waiting.at(-1)?.({ ok: true, value: sampleReport() })
    await second
    expect(store.getState().pending).toBe(false)
    expect(store.getState().report).not.toBeNull()
  })

  it('cancels without a failure to dismiss', async () => {
    const { store } = connected()
    const done = store.getState().submitTrace()
    store.getState().cancel()
    await done
    expect(store.getState()).toMatchObject({ pending: false, failure: null, report: null })
  })

  it('keeps what it shows when the connection ends', async () => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null)
    far.close()
    await until(() => !store.getState().connected)
    expect(store.getState().host).not.toBeNull()
  })

  it.each([
    ['an empty start', { from: ' ' }, 'from'],
    ['an empty target', { to: '' }, 'to'],
    ['TCP without a port', { protocol: 'tcp' }, 'port'],
    ['port 70000', { protocol: 'tcp', port: '70000' }, 'port'],
    ['port 8o', { protocol: 'udp', port: '8o' }, 'port'],
  ] as const)('refuses %s at the field, without asking the backend', async (_, change, at) => {
    const { store, far } = connected()
    store.getState().setForm(change)
    await store.getState().submitTrace()
    expect(store.getState().failure).toMatchObject({ code: 'bad-flow', at })
    expect(far.waiting).toHaveLength(0)
  })

  it('keeps what is asked before there is a backend, and traces it then', async () => {
    const store = createAppStore({ form: FORM })
    await store.getState().submitTrace()
    expect(store.getState()).toMatchObject({ pending: true, failure: null })
    const far = traceBackend()
    store.getState().connectBackend(far.client)
    await until(() => far.waiting.length === 1)
    far.waiting[0]?.({ ok: true, value: sampleReport() })
    await until(() => store.getState().report !== null)
    expect(store.getState()).toMatchObject({ pending: false, failure: null, form: FORM })
  })

  it('forgets what was asked before there was a backend when it is cancelled', async () => {
    const store = createAppStore({ form: FORM })
    await store.getState().submitTrace()
    store.getState().cancel()
    expect(store.getState().pending).toBe(false)
    const far = traceBackend()
    store.getState().connectBackend(far.client)
    await until(() => store.getState().host !== null)
    expect(far.waiting).toHaveLength(0)
  })

  it('waits with a trace for the host, which is there before the trace is on show', async () => {
    const { store, far } = connected({ unread: true })
    const hostAtReport: boolean[] = []
    store.subscribe((now, before) => {
      if (now.report !== before.report) hostAtReport.push(now.host !== null)
    })
    const done = store.getState().submitTrace()
    await until(() => far.waiting.length === 1)
    expect(store.getState()).toMatchObject({ pending: true, host: null, failure: null })
    far.change(2)
    far.waiting[0]?.({ ok: true, value: sampleReport() })
    await done
    expect(hostAtReport).toEqual([true])
    expect(store.getState()).toMatchObject({ pending: false, failure: null, form: FORM })
  })

  it('says why the host could not be read to who waits for it', async () => {
    const { store, far } = connected({ unread: true })
    const done = store.getState().submitTrace()
    await until(() => far.waiting.length === 1)
    far.waiting[0]?.({ ok: false, failure: { code: 'engine-unreachable', message: 'nobody answers' } })
    await done
    expect(store.getState()).toMatchObject({ pending: false, failure: { code: 'engine-unreachable' }, form: FORM })
  })
})

describe('playback in the store', () => {
  const playing = () => createAppStore({ report: sampleReport() })

  it('keeps the position within the conversation', () => {
    const store = playing()
    store.getState().seek(-3)
    expect(store.getState().playback.position).toBe(0)
    store.getState().seek(1e9)
    expect(store.getState().playback.position).toBe(store.getState().timeline.duration)
  })

  it('pauses on a step and on a click in the list, and goes on from where the scrubber was moved', () => {
    const store = playing()
    store.getState().play()
    store.getState().seek(4)
    expect(store.getState().playback.playing).toBe(true)
    store.getState().stepStep(1)
    expect(store.getState().playback.playing).toBe(false)
    store.getState().play()
    store.getState().seekEvent(7)
    expect(store.getState().playback.playing).toBe(false)
    expect(selectEventIndex(store.getState())).toBe(7)
  })

  it('starts over when it is played at its end', () => {
    const store = playing()
    store.getState().end()
    store.getState().play()
    expect(store.getState().playback).toMatchObject({ playing: true, position: 0 })
  })

  it('does not play without a report', () => {
    const store = createAppStore()
    store.getState().togglePlay()
    expect(store.getState().playback.playing).toBe(false)
    expect(selectEventIndex(store.getState())).toBe(-1)
    expect(selectMoment(store.getState())).toBeNull()
  })

  it('refuses a speed that is none', () => {
    const store = playing()
    for (const speed of [0, -1, Number.NaN]) store.getState().setSpeed(speed)
    expect(store.getState().playback.speed).toBe(1)
  })

  it('keeps list, leg and exchange in step with the position', () => {
    const store = playing()
    store.getState().seekLeg(1)
    expect(selectLeg(store.getState())?.direction).toBe('reply')
    expect(selectExchange(store.getState())?.main).toBe(true)
    expect(selectMoment(store.getState())?.event.index).toBe(selectEventIndex(store.getState()))
  })
})
