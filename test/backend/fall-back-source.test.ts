import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFallBackSource } from '../../src/backend/fall-back-source.ts'
import type { Source, SourceChange } from '../../src/backend/sources/source.ts'
import { createScriptedSource, readStandardHost, type ScriptedSource } from '../support/scripted-source.ts'

const real = { ...readStandardHost(), hostname: 'real' }
const sampleState = { ...real, hostname: 'sample' }
const failure = { code: 'engine-unreachable', message: 'cannot connect', hint: 'start Docker' } as const
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 5 })

let engine: ScriptedSource
let sample: ScriptedSource
let source: Source
let changes: SourceChange[]
beforeEach(() => {
  engine = createScriptedSource('docker', real)
  sample = createScriptedSource('sample', sampleState)
  source = createFallBackSource(engine, sample, { retryAfter: 10 })
  changes = []
  source.onChange((change) => changes.push(change))
})
afterEach(() => source.close())

const loadName = async () => {
  const loaded = await source.load()
  return loaded.ok ? loaded.value.hostname : loaded.failure.code
}
const comeBack = () => {
  engine.next = async () => ({ ok: true, value: real })
}
const goAway = () => {
  engine.next = async () => ({ ok: false, failure })
}

describe('the fall-back source', () => {
  it('is the engine while the engine can be read', async () => {
    expect(await loadName()).toBe('real')
    expect(source.kind).toBe('docker')
    expect(source.status()).toMatchObject({ kind: 'docker', problem: null })
    expect(sample.loads).toBe(0)
  })

  it('shows the sample and says why when the engine has never been read', async () => {
    goAway()
    expect(await loadName()).toBe('sample')
    expect(source.kind).toBe('sample')
    expect(source.status()).toMatchObject({ kind: 'sample', phase: 'ready', problem: 'cannot connect: start Docker' })
  })

  it('takes the engine when it appears, reading it once for that', async () => {
    goAway()
    await loadName()
    await until(() => expect(engine.loads).toBeGreaterThan(2))
    expect(changes).not.toContain('state')
    comeBack()
    await until(() => expect(changes).toContain('state'))
    const loads = engine.loads
    expect(await loadName()).toBe('real')
    expect(engine.loads).toBe(loads)
    expect(source.status()).toMatchObject({ kind: 'docker', problem: null })
    expect(changes.at(-1)).toBe('status')
  })

  it('says so when the reason changes, and not when it stays', async () => {
    goAway()
    await loadName()
    const before = changes.length
    await until(() => expect(engine.loads).toBeGreaterThan(3))
    expect(changes).toHaveLength(before)
    engine.next = async () => ({ ok: false, failure: { code: 'engine-denied', message: 'permission denied' } })
    await until(() => expect(source.status().problem).toBe('permission denied'))
    expect(changes.length).toBeGreaterThan(before)
  })

  it('never exchanges a host that was read for the sample', async () => {
    await loadName()
    goAway()
    expect(await loadName()).toBe('engine-unreachable')
    expect(source.kind).toBe('docker')
    expect(sample.loads).toBe(0)
    comeBack()
    await until(() => expect(changes).toContain('state'))
    expect(await loadName()).toBe('real')
  })

  it('leaves an engine that was lost to the real source, which tries it by itself', async () => {
    await loadName()
    engine.become({ phase: 'reconnecting', lost: { since: '2026-01-01T00:00:00Z', nextTry: null } })
    goAway()
    expect(await loadName()).toBe('engine-unreachable')
    const { loads } = engine
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([engine.loads - loads, source.kind]).toEqual([0, 'docker'])
    comeBack()
    engine.emit('state')
    expect(changes.at(-1)).toBe('state')
    expect(await loadName()).toBe('real')
  })

  it('passes a cancelled reading on without showing the sample', async () => {
    engine.next = async () => ({ ok: false, failure: { code: 'cancelled', message: 'cancelled' } })
    expect(await loadName()).toBe('cancelled')
    expect(source.kind).toBe('docker')
  })

  it('shows what the engine is being made ready for, above the sample', async () => {
    goAway()
    await loadName()
    engine.become({ phase: 'connecting', activity: 'knocking', progress: null })
    expect(source.status().activity).toBeNull()
    engine.become({ phase: 'preparing-probe', activity: 'building the probe', progress: 0.5 })
    expect(source.status()).toMatchObject({ kind: 'sample', activity: 'building the probe', progress: 0.5 })
  })

  it('asks the shown host for names', async () => {
    goAway()
    await loadName()
    await source.resolve('1', 'a.example')
    expect([engine.asked, sample.asked]).toEqual([[], ['1 a.example']])
  })

  it('closes both and tries no more', async () => {
    goAway()
    await loadName()
    await source.close()
    const loads = engine.loads
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([engine.closed, sample.closed, engine.loads - loads]).toEqual([true, true, 0])
  })
})
