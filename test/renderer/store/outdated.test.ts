import { describe, expect, it } from 'vitest'
import type { AppStore } from '../../../src/renderer/store/store.ts'
import { sampleReport } from '../support/sample-report.ts'
import { connected } from '../support/trace-double.ts'
import { until } from '../support/until.ts'

const NOBODY = { code: 'unknown-name', message: 'nothing is called x' } as const
const FLOW = { from: 'app-1', to: '198.51.100.9', protocol: 'udp', destinationPort: 53 } as const

describe('a trace that is of a host that has changed since', () => {
  it('says when the host is no longer as it was for the trace on show, and a new trace settles it', async () => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null)
    const trace = async () => {
      const before = far.waiting.length
      const traced = store.getState().submitTrace()
      await until(() => far.waiting.length === before + 1)
      far.waiting[before]?.({ ok: true, value: sampleReport() })
      await traced
    }
    await trace()
    const revision = store.getState().revision
    far.change(2)
    await until(() => store.getState().revision > revision)
    expect(store.getState().outdated).toBe(false)
    far.change(3)
    await until(() => store.getState().outdated)
    await trace()
    expect(store.getState().outdated).toBe(false)
  })

  it.each([
    ['that was asked for', (store: AppStore) => void store.getState().submitTrace()],
    ['of a flow that was watched', (store: AppStore) => store.getState().traceFlow({ ...FLOW })],
  ])('says so of a trace %s when the host has changed before its report was there', async (_, ask) => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null)
    ask(store)
    await until(() => far.waiting.length === 1)
    far.change(3)
    await until(() => store.getState().revision === 2)
    expect(store.getState().outdated).toBe(false)
    far.waiting[0]?.({ ok: true, value: sampleReport() })
    await until(() => store.getState().outdated)
  })

  it('does not say so when what was told meanwhile is the host as it was', async () => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null)
    const done = store.getState().submitTrace()
    await until(() => far.waiting.length === 1)
    far.change(2)
    await until(() => store.getState().revision === 2)
    far.waiting[0]?.({ ok: true, value: sampleReport() })
    await done
    expect(store.getState()).toMatchObject({ outdated: false, report: {} })
  })

  it('takes what a trace has read of the host for no change after it, however late that is told', async () => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null)
    const done = store.getState().submitTrace()
    await until(() => far.waiting.length === 1)
    far.readAnew(4)
    far.waiting[0]?.({ ok: true, value: sampleReport() })
    await done
    expect(store.getState()).toMatchObject({ revision: 1, outdated: false })
    far.tell()
    await until(() => store.getState().revision === 2)
    expect(store.getState()).toMatchObject({ outdated: false, host: { containers: { length: 4 } } })
    far.change(5)
    await until(() => store.getState().outdated)
  })

  it('says so of the trace that stays on show when the next one fails', async () => {
    const { store, far } = connected()
    await until(() => store.getState().host !== null)
    const answers = [{ ok: true, value: sampleReport() } as const, { ok: false, failure: NOBODY } as const]
    for (const [index, answer] of answers.entries()) {
      const done = store.getState().submitTrace()
      await until(() => far.waiting.length === index + 1)
      far.waiting[index]?.(answer)
      await done
    }
    expect(store.getState()).toMatchObject({ outdated: false, report: {}, failure: NOBODY })
    far.change(3)
    await until(() => store.getState().outdated)
  })
})
