import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStateKeeper, type StateKeeper } from '../../src/backend/state-keeper.ts'
import { createScriptedSource, readStandardHost, type ScriptedSource } from '../support/scripted-source.ts'

const before = { ...readStandardHost(), hostname: 'before' }
const after = { ...before, hostname: 'after' }
const AN_HOUR = 3_600_000

let source: ScriptedSource
let keeper: StateKeeper
beforeEach(async () => {
  source = createScriptedSource('docker', before)
  keeper = createStateKeeper(source, () => undefined)
  await keeper.refresh()
})
afterEach(() => keeper.close())

const freshName = async () => {
  const read = await keeper.freshThan(AN_HOUR)
  return read.ok ? read.value.state.hostname : read.failure.code
}

describe('a state that is fresh enough', () => {
  it('is the one that is there, without another reading', async () => {
    expect(await freshName()).toBe('before')
    expect(source.loads).toBe(1)
  })

  it('is read anew once it is too old', async () => {
    source.next = async () => ({ ok: true, value: after })
    const read = await keeper.freshThan(-1)
    expect(read).toMatchObject({ ok: true, value: { state: { hostname: 'after' } } })
    expect(source.readings.at(-1)).toBe('whole')
  })

  it('has in it what the source told of a moment ago, however young it is', async () => {
    source.next = async () => ({ ok: true, value: after })
    source.emit('state')
    expect(await freshName()).toBe('after')
    expect(source.readings.at(-1)).toBe('changes')
  })

  it('is waited for while it is being read', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    source.next = () => gate.then(() => ({ ok: true, value: after }))
    source.emit('state')
    const reading = keeper.refresh()
    const asked = freshName()
    open()
    expect(await asked).toBe('after')
    await reading
    expect(source.loads).toBe(2)
  })
})

describe('a state that has in it what the source told of', () => {
  it('is still to come after a reading that failed', async () => {
    source.next = async () => ({ ok: false, failure: { code: 'probe-failed', message: 'not now' } })
    source.emit('state')
    expect(await freshName()).toBe('probe-failed')
    source.next = async () => ({ ok: true, value: after })
    expect(await freshName()).toBe('after')
  })

  it('is given after two readings at most, however fast the host changes', async () => {
    let read = 0
    source.next = async () => {
      // Another change comes with every reading, before it has ended.
      source.emit('state')
      read += 1
      return { ok: true, value: { ...before, hostname: `reading ${read}` } }
    }
    source.emit('state')
    const running = keeper.refresh()
    expect(await freshName()).toBe('reading 2')
    await running
    expect(read).toBe(2)
  })
})

describe('an engine that is away', () => {
  const away = { ok: false, failure: { code: 'engine-unreachable', message: 'no answer' } } as const

  it('is told of by the reading that runs, and tried again without those who wait', async () => {
    // The second try does not end.
    source.next = () => (source.loads === 2 ? Promise.resolve(away) : new Promise(() => undefined))
    const asked = await Promise.all([keeper.refresh(), keeper.refresh(), keeper.freshThan(-1)])
    expect(asked).toEqual([away, away, away])
    expect(source.loads).toBe(3)
  })

  it('is no reason against a state that another reading gives', async () => {
    source.next = async () =>
      source.loads === 2
        ? { ok: false, failure: { code: 'probe-failed', message: 'not now' } }
        : { ok: true, value: after }
    const [first, second] = await Promise.all([keeper.refresh(), keeper.refresh()])
    expect([first.ok, second.ok]).toEqual([false, true])
  })
})

describe('a sandbox', () => {
  it('is traced as it was just changed, also while it is made anew', async () => {
    keeper.close()
    source = createScriptedSource('sandbox', before)
    keeper = createStateKeeper(source, () => undefined)
    await keeper.refresh()
    source.next = async () => ({ ok: true, value: after })
    source.emit('state')
    expect((await keeper.freshThan(Number.POSITIVE_INFINITY)).ok && (await freshName())).toBe('after')
    expect(source.loads).toBe(2)
  })
})
