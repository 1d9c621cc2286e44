import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/backend/docker/engine.ts'
import { EngineLink, type LinkTimes, type Loss } from '../../../src/backend/docker/engine-link.ts'
import type { Outcome } from '../../../src/protocol/contract.ts'

/** An engine as far as the link goes: one that can go away without a word. */
class PlayedEngine {
  away = false
  deaf = false
  hangs = false
  reached = 0
  asked = 0
  streams: PassThrough[] = []

  reach = async (): Promise<Outcome<Engine>> => {
    this.reached += 1
    if (this.away) return { ok: false, failure: { code: 'engine-unreachable', message: 'it is away' } }
    const host = {
      events: async () => {
        const stream = new PassThrough()
        this.streams.push(stream)
        return stream
      },
      ping: async (signal: AbortSignal) => {
        this.asked += 1
        if (this.hangs) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        if (this.deaf) throw Object.assign(new Error('connect'), { code: 'ENOENT' })
      },
    }
    return { ok: true, value: { endpoint: { label: 'unix:///e.sock' }, host } as unknown as Engine }
  }

  open = (): readonly PassThrough[] => this.streams.filter(({ destroyed }) => !destroyed)
}

const told: string[] = []
const losses: Loss[] = []
let engine: PlayedEngine
let link: EngineLink

const times: LinkTimes = { firstDelay: 20, longestDelay: 80, beat: 20, patience: 500 }

function start(change: Partial<LinkTimes> = {}): void {
  link = new EngineLink(
    engine.reach,
    {
      onReached: (_, missed) => told.push(missed ? 'reached again' : 'reached'),
      onEvent: ({ action }) => told.push(action),
      onLost: (loss) => losses.push(loss),
    },
    { ...times, ...change },
  )
}

beforeEach(() => {
  engine = new PlayedEngine()
  told.length = 0
  losses.length = 0
})
afterEach(() => link.close())

describe('EngineLink', () => {
  it('hears events from before connect settles on, one stream however many ask', async () => {
    start()
    link.follow()
    await Promise.all([link.connect(), link.connect()])
    expect(engine.streams).toHaveLength(1)
    engine.streams[0]?.write('{"Type":"container","Action":"start"}\n')
    await expect.poll(() => told).toEqual(['reached', 'start'])
  })

  it('opens no stream, waits for nobody and tries nothing again for who reads once', async () => {
    start()
    expect(await link.connect()).toMatchObject({ ok: true })
    link.lose('gone')
    expect([engine.streams.length, link.isLost(), link.engine(), losses]).toEqual([0, false, null, []])
    expect(await link.connect()).toMatchObject({ ok: true })
    expect(engine.reached).toBe(2)
  })

  it('says that it may have missed something when it follows later than it reached', async () => {
    start()
    await link.connect()
    link.follow()
    await expect.poll(() => told).toEqual(['reached', 'reached again'])
    expect(engine.open()).toHaveLength(1)
  })

  it('tries again, slower and slower, tells when, and finds the engine with one stream', async () => {
    start()
    link.follow()
    await link.connect()
    engine.away = true
    engine.streams[0]?.destroy()
    await expect.poll(() => engine.reached).toBeGreaterThan(4)
    expect(losses[0]?.reason).toBe('the Docker engine at unix:///e.sock has closed the connection')
    expect(losses.at(-1)?.reason).toBe('it is away')
    expect(new Set(losses.map(({ since }) => since)).size).toBe(1)
    // Between two that tell when, there is one that tells that it tries.
    const waits = losses.filter(({ nextTry }) => nextTry !== null)
    expect(losses.length - waits.length).toBeGreaterThan(3)
    engine.away = false
    await expect.poll(() => told.at(-1)).toBe('reached again')
    expect([link.isLost(), engine.open().length]).toEqual([false, 1])
  })

  it('tries at once when it is asked to', async () => {
    start({ firstDelay: 60_000, longestDelay: 60_000 })
    link.follow()
    await link.connect()
    engine.streams[0]?.destroy()
    await expect.poll(() => link.isLost()).toBe(true)
    expect(await link.connect()).toMatchObject({ ok: true })
    expect(told).toEqual(['reached', 'reached again'])
  })

  it('notices an engine that leaves the connection open and answers no more', async () => {
    start({ firstDelay: 60_000 })
    link.follow()
    await link.connect()
    engine.deaf = true
    await expect.poll(() => losses[0]?.reason).toContain('there is no such socket')
    expect(engine.open()).toEqual([])
  })

  it('ends all work that is under way when the engine is lost, however much there is, and what it still does is told so', async () => {
    const warnings: string[] = []
    const warn = ({ message }: Error): unknown => warnings.push(message)
    process.on('warning', warn)
    start({ firstDelay: 60_000, beat: 60_000 })
    link.follow()
    await link.connect()
    expect(await link.during(async () => 'done')).toBe('done')
    const signals: AbortSignal[] = []
    const endless = (signal: AbortSignal): Promise<never> => {
      signals.push(signal)
      return new Promise(() => undefined)
    }
    const work = Promise.allSettled(Array.from({ length: 20 }, () => link.during(endless)))
    engine.deaf = true
    const ended = (await work).map((each) => (each.status === 'rejected' ? String(each.reason) : 'went on'))
    expect(new Set(ended)).toEqual(new Set([expect.stringContaining('there is no such socket') as string]))
    await expect.poll(() => signals.filter(({ aborted }) => aborted)).toHaveLength(20)
    await expect(link.during(async () => 'more')).rejects.toThrow('there is no such socket')
    process.off('warning', warn)
    expect(warnings).toEqual([])
  })

  it('lets work take its time as long as the engine answers, also work that was cancelled and takes something back', async () => {
    start()
    await link.connect()
    // Each asks ten times a second: all that they ask takes longer than an answer may.
    const long = () => expect.poll(() => engine.asked, { timeout: 60_000, interval: 20 }).toBeGreaterThan(24)
    const canceller = new AbortController()
    const cancelled = link.during(
      async (signal) => {
        await long()
        return signal.aborted
      },
      canceller.signal,
      true,
    )
    canceller.abort()
    expect(await Promise.all([link.during(long).then(() => 'done'), cancelled])).toEqual(['done', true])
  })

  it('waits half as long for what was cancelled in haste when the engine hangs', async () => {
    start({ patience: 2000 })
    await link.connect()
    engine.hangs = true
    const canceller = new AbortController()
    const work = link.during(() => new Promise(() => undefined), canceller.signal, true)
    canceller.abort()
    await expect(work).rejects.toThrow('cancelled')
    expect(link.engine()).not.toBeNull()
  })

  it('says for how long an engine that hangs has not answered', async () => {
    start()
    await link.connect()
    engine.hangs = true
    const said = 'the Docker engine at unix:///e.sock has not answered for 0.5 s'
    await expect(link.during(() => new Promise(() => undefined))).rejects.toThrow(said)
  })

  it('is lost once, whoever notices', async () => {
    start({ firstDelay: 60_000 })
    link.follow()
    await link.connect()
    link.lose('one')
    link.lose('other')
    expect(losses.map(({ reason }) => reason)).toEqual(['one'])
  })

  it('opens nothing any more once it is closed, also while it connects', async () => {
    start()
    link.follow()
    const connecting = link.connect()
    link.close()
    expect(await connecting).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
    await expect.poll(() => engine.open()).toEqual([])
    expect(told).toEqual([])
  })
})
