import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BackendService, createService } from '../../src/backend/service.ts'
import type { NameAnswer } from '../../src/core/host/host-state.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import { createCanceller } from '../../src/protocol/cancel-signal.ts'
import type { SourceStatus } from '../../src/protocol/contract.ts'
import { createScriptedSource, readStandardHost, type ScriptedSource } from '../support/scripted-source.ts'

const host = readStandardHost()
const namespaceOf = (name: string) => host.namespaces.find((netns) => netns.name === name)?.id ?? ''
const context = { signal: createCanceller().signal }
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 5 })

let source: ScriptedSource
let service: BackendService
let revisions: number[]
beforeEach(() => {
  source = createScriptedSource('docker', host)
})
afterEach(() => service.close())

/** Starts the service as the test has prepared the source. */
function start(reading: 'once' | 'fresh' = 'once'): void {
  service = createService({ source, version: '9.9.9', reading })
  revisions = []
  service.subscribe('hostStateChanged', ({ revision }) => revisions.push(revision))
}

const trace = (flow: Partial<Flow>) =>
  service.methods.trace({ flow: { from: 'c1', to: 'c2', protocol: 'icmp', ...flow }, tried: false }, context)
const answerWith = (addresses: readonly string[]) => (namespace: string, name: string) => ({
  ok: true as const,
  value: {
    namespace,
    name,
    server: '203.0.113.53',
    status: addresses.length > 0 ? 'NOERROR' : 'NXDOMAIN',
    addresses,
  } satisfies NameAnswer,
})

describe('the service', () => {
  it('reads the host by itself and says so', async () => {
    start()
    expect(await service.methods.hostState({}, context)).toEqual({ ok: true, value: null })
    await until(() => expect(revisions).toEqual([1]))
    expect(await service.methods.hostState({}, context)).toEqual({ ok: true, value: { revision: 1, state: host } })
    expect(source.loads).toBe(1)
  })

  it('tells its version and what its source is doing', async () => {
    start()
    const status = source.status()
    expect(await service.methods.hello({}, context)).toEqual({ ok: true, value: { version: '9.9.9', status } })
  })

  it('pushes each new status once', async () => {
    start()
    const seen: SourceStatus[] = []
    const stop = service.subscribe('status', (status) => seen.push(status))
    source.become({ phase: 'reading' })
    source.become({ phase: 'reading' })
    source.become({ phase: 'ready' })
    stop()
    source.become({ phase: 'failed' })
    expect(seen.map(({ phase }) => phase)).toEqual(['reading', 'ready'])
  })

  it('reads a burst of changes once', async () => {
    start()
    await until(() => expect(revisions).toEqual([1]))
    for (let index = 0; index < 20; index++) source.emit('state')
    await until(() => expect(revisions).toEqual([1, 2]))
    expect(source.loads).toBe(2)
  })

  it('reads only what has changed when the source says that something has, and everything for who asks', async () => {
    start()
    await until(() => expect(revisions).toEqual([1]))
    source.emit('state')
    await until(() => expect(revisions).toEqual([1, 2]))
    await service.methods.refresh({}, context)
    expect(source.readings).toEqual(['whole', 'changes', 'whole'])
  })

  it('tells of no new state where a source has none', async () => {
    const state = { ...host }
    source.next = async () => ({ ok: true, value: state })
    start()
    await until(() => expect(revisions).toEqual([1]))
    source.emit('state')
    await until(() => expect(source.loads).toBe(2))
    expect(await service.methods.refresh({}, context)).toEqual({ ok: true, value: { revision: 2 } })
    expect(revisions).toEqual([1, 2])
  })

  it('reads everything where a change and somebody who wants everything wait for one reading', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    source.next = async () => {
      await gate
      return { ok: true, value: { ...host } }
    }
    start()
    source.emit('state')
    await new Promise((resolve) => setTimeout(resolve, 150))
    const refreshed = service.methods.refresh({}, context)
    release()
    await refreshed
    expect(source.readings).toEqual(['whole', 'whole'])
  })

  it('reads again for a refresh that comes while it reads, once for all who ask', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    source.next = async () => {
      await gate
      return { ok: true, value: host }
    }
    start()
    const refreshes = [service.methods.refresh({}, context), service.methods.refresh({}, context)]
    release()
    const value = { revision: 2 }
    expect(await Promise.all(refreshes)).toEqual([
      { ok: true, value },
      { ok: true, value },
    ])
    expect(source.loads).toBe(2)
  })

  it('keeps the state when a reading fails, and gives the failure to who asked', async () => {
    start()
    await until(() => expect(revisions).toEqual([1]))
    const failure = { code: 'engine-unreachable', message: 'gone' } as const
    source.next = async () => ({ ok: false, failure })
    expect(await service.methods.refresh({}, context)).toEqual({ ok: false, failure })
    expect(await service.methods.hostState({}, context)).toMatchObject({ value: { revision: 1 } })
    expect(await trace({})).toMatchObject({ ok: true })
  })

  it('makes a failure of a source that throws', async () => {
    source.next = () => Promise.reject(new Error('boom'))
    start()
    const failure = { code: 'internal', message: 'the host could not be read: boom' }
    expect(await service.methods.refresh({}, context)).toEqual({ ok: false, failure })
  })

  it('closes its source once and reads no more', async () => {
    start()
    await until(() => expect(revisions).toEqual([1]))
    source.emit('state')
    await Promise.all([service.close(), service.close()])
    expect(source.closed).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(source.loads).toBe(1)
  })
})

describe('trace', () => {
  it('waits for the first reading', async () => {
    start()
    expect(await trace({})).toMatchObject({
      ok: true,
      value: { report: { origin: 'predicted', flow: { from: 'c1', to: 'c2' } } },
    })
  })

  it('does not take what is new of a host for all of it', async () => {
    start('fresh')
    await until(() => expect(revisions).toEqual([1]))
    // Longer than what is read for a trace may be old.
    await new Promise((resolve) => setTimeout(resolve, 1600))
    source.emit('state')
    await until(() => expect(revisions).toEqual([1, 2]))
    expect(await trace({})).toMatchObject({ ok: true })
    expect(source.readings).toEqual(['whole', 'changes', 'whole'])
  })

  it('gives the reason why there is no host', async () => {
    const failure = { code: 'engine-denied', message: 'no access' } as const
    source.next = async () => ({ ok: false, failure })
    start()
    expect(await trace({})).toEqual({ ok: false, failure })
  })

  it('asks nobody about names of containers', async () => {
    start()
    expect(await trace({ to: 'c2' })).toMatchObject({ ok: true })
    expect(source.asked).toEqual([])
  })

  it('gives the tracer’s problem as a failure', async () => {
    start()
    expect(await trace({ from: 'c9' })).toMatchObject({ ok: false, failure: { code: 'unknown-endpoint' } })
    expect(await trace({ protocol: 'tcp' })).toMatchObject({ ok: false, failure: { code: 'bad-flow' } })
    expect(source.asked).toEqual([])
  })

  it('asks the sender’s resolver for a name, uses the answer and keeps it', async () => {
    source.answer = answerWith(['203.0.113.80'])
    start()
    const outcome = await trace({ to: 'facebook.com' })
    const addresses = outcome.ok
      ? outcome.value.report.exchanges.filter(({ main }) => main).map((e) => e.forward.hops[0]?.packet.dst)
      : []
    expect(addresses).toEqual(['203.0.113.80'])
    expect(await trace({ to: 'FACEBOOK.com.' })).toMatchObject({ ok: true })
    expect(source.asked).toEqual([`${namespaceOf('container:c1')} facebook.com`])
    const held = await service.methods.hostState({}, context)
    expect(held).toMatchObject({ value: { revision: 1, state: { names: [{ name: 'facebook.com' }] } } })
  })

  it('reads the host again after a question, since asking stirs its tables', async () => {
    start('fresh')
    await until(() => expect(source.loads).toBe(1))
    source.answer = answerWith(['203.0.113.81'])
    const outcome = await trace({ to: 'new.example' })
    expect(outcome.ok && outcome.value.report.disposition).toBe('leaves-host')
    expect(source.loads).toBe(2)
  })

  it('reads the host again for a trace that comes long after the last reading', async () => {
    start('fresh')
    await until(() => expect(source.loads).toBe(1))
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
    try {
      await trace({ to: 'c2' })
    } finally {
      clock.mockRestore()
    }
    expect(source.loads).toBe(2)
  })

  it('asks every sender’s own resolver, whatever another was told', async () => {
    source.answer = answerWith(['203.0.113.80'])
    start()
    await trace({ from: 'host', to: 'facebook.com' })
    await trace({ from: 'c1', to: 'facebook.com' })
    expect(source.asked).toEqual([`${namespaceOf('host')} facebook.com`, `${namespaceOf('container:c1')} facebook.com`])
  })

  it('forgets answers with the next reading', async () => {
    source.answer = answerWith(['203.0.113.80'])
    start()
    await trace({ to: 'facebook.com' })
    await service.methods.refresh({}, context)
    await trace({ to: 'facebook.com' })
    expect(source.asked).toHaveLength(2)
  })

  it('says what the resolver said when there is no such name', async () => {
    source.answer = answerWith([])
    start()
    const message = '203.0.113.53 answered NXDOMAIN for "nowhere.example"'
    for (const _time of [1, 2]) {
      expect(await trace({ to: 'nowhere.example' })).toMatchObject({
        ok: false,
        failure: { code: 'unknown-name', message },
      })
    }
    expect(source.asked).toHaveLength(1)
  })

  it('gives the source’s failure when it cannot ask', async () => {
    start()
    const failure = { code: 'unknown-name', message: 'nobody knows facebook.com' }
    expect(await trace({ to: 'facebook.com' })).toEqual({ ok: false, failure })
  })
})
