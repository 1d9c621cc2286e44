import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sameConsent } from '../../../src/backend/consent/consent.ts'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import type { Source } from '../../../src/backend/sources/source.ts'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import { serveSocket } from '../../support/serve-socket.ts'

const VERSION = { Version: '28.5.2', ApiVersion: '1.51', Os: 'linux', Arch: 'amd64', KernelVersion: '6.1' }
const context = { signal: createCanceller().signal }
const trace = { flow: { from: 'host', to: '203.0.113.80', protocol: 'icmp' as const }, tried: false }
const SOON = { timeout: 60_000, interval: 20 }
/** All that this takes, and more: the engine that answers is in the same process, on a machine that may be busy. */
const PATIENCE = 5000
/** Nobody but who works with the engine notices within this time. */
const AN_HOUR = 3_600_000

const CONTAINER = { Id: 'c', Name: '/c', State: { Running: true }, Config: { Tty: false } }

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/version': VERSION,
  '/info': { ID: 'engine', Name: 'machine' },
  '/containers/c/json': CONTAINER,
}

/** An engine whose list of containers is empty that takes every call, and answers none as long as it hangs. */
async function startEngine() {
  const asked: string[] = []
  const closed: string[] = []
  const held: (() => void)[] = []
  let hangs = false
  const answer = (path: string, response: ServerResponse): void => {
    if (path === '/events' || path.endsWith('/logs')) {
      response.on('close', () => closed.push(path))
      return response.flushHeaders()
    }
    response.end(JSON.stringify(ANSWERS[path] ?? []))
  }
  const { url, stop } = await serveSocket((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '').replace(/^\/v[\d.]+/, '')
    asked.push(path)
    response.setHeader('content-type', 'application/json')
    if (hangs) held.push(() => answer(path, response))
    else answer(path, response)
  })
  return {
    asked,
    closed,
    url,
    hang: () => (hangs = true),
    goOn: () => {
      hangs = false
      for (const each of held.splice(0)) each()
    },
    stop,
  }
}

let engine: Awaited<ReturnType<typeof startEngine>>
let source: Source
let service: BackendService
beforeEach(async () => {
  engine = await startEngine()
  const times = { beat: AN_HOUR, firstDelay: AN_HOUR, longestDelay: AN_HOUR, patience: PATIENCE }
  source = createDockerSource({ dockerHost: engine.url, consent: sameConsent('refused'), times })
  service = createService({ source, version: '0', reading: 'fresh' })
  const read = await service.methods.refresh({}, context)
  if (!read.ok) throw new Error(read.failure.message)
  engine.hang()
  engine.asked.length = 0
})
afterEach(async () => {
  await service.close()
  engine.stop()
})

const refused = {
  ok: false,
  failure: {
    code: 'engine-unreachable',
    message: expect.stringMatching(/^the Docker engine at unix:\/\/\S+ has not answered for 5 s$/) as string,
  },
}

describe('an engine that hangs', () => {
  it('is given up by whoever reads it, for all who ask meanwhile without a second try, and read again when it answers', async () => {
    const asked = await Promise.all([
      service.methods.refresh({}, context),
      service.methods.refresh({}, context),
      service.methods.liveTrace({ ...trace, probe: 'auto', waitSeconds: 5 }, context),
    ])
    expect(asked).toMatchObject([refused, refused, refused])
    // A second try asks for the version first.
    expect(engine.asked).not.toContain('/version')
    expect(source.status()).toMatchObject({ phase: 'reconnecting', lost: {}, problem: refused.failure.message })
    engine.goOn()
    expect(await service.methods.refresh({}, context)).toMatchObject({ ok: true })
    await expect.poll(() => source.status(), SOON).toMatchObject({ phase: 'ready', problem: null })
    expect(source.status().lost).toBeUndefined()
  })

  it('is given up by whoever changes it or opens something in it, and does late what it was asked for', async () => {
    const network = { kind: 'create-network' as const, network: { name: 'n' } }
    const terminal = { container: 'c', command: [], columns: 80, rows: 24 }
    const [changed, ...others] = await Promise.all([
      service.methods.doAction({ action: network }, context),
      service.methods.listImages({}, context),
      service.methods.inspectObject({ kind: 'network', name: 'n' }, context),
      service.methods.planAction({ action: { kind: 'remove-image', image: 'i' }, reach: false }, context),
      service.methods.openLogs({ container: 'c', tail: 10 }, context),
      service.methods.openTerminal(terminal, context),
    ])
    expect(changed).toMatchObject(refused)
    expect(changed).toMatchObject({ failure: { hint: expect.stringContaining('look before you try again') as string } })
    const message = expect.stringMatching(/the Docker engine at unix:\/\/\S+ has not answered for 5 s$/) as string
    const failure = { code: 'engine-unreachable', message, hint: expect.stringContaining('restart it') as string }
    expect(others).toMatchObject(others.map(() => ({ ok: false, failure })))
    expect(source.status()).toMatchObject({ phase: 'reconnecting', lost: {} })
    expect(engine.asked).not.toContain('/version')
    engine.goOn()
    // Another change is not told that one is under way; what was made late is not taken back under it.
    expect(await service.methods.doAction({ action: network }, context)).toMatchObject({ ok: true })
    await expect.poll(() => engine.closed, SOON).toContain('/containers/c/logs')
    const networks = engine.asked.filter((path) => path.startsWith('/networks/'))
    expect(networks.sort()).toEqual(['/networks/create', '/networks/create', '/networks/n'])
  })

  it('keeps nobody waiting who cancels', async () => {
    const canceller = createCanceller()
    const { signal } = canceller
    void service.methods.refresh({}, context)
    await expect.poll(() => engine.asked, SOON).toContain('/info')
    const asked = Promise.all([
      service.methods.trace(trace, { signal }),
      service.methods.liveTrace({ ...trace, probe: 'auto', waitSeconds: 5 }, { signal }),
      service.methods.listImages({}, { signal }),
    ])
    canceller.cancel()
    expect(await asked).toMatchObject([
      { ok: false, failure: { code: 'cancelled' } },
      { ok: false, failure: { code: 'cancelled' } },
      { ok: false, failure: { code: 'cancelled' } },
    ])
    expect(source.status().lost).toBeUndefined()
  })

  it('is read no more by a source that is closed', async () => {
    const reading = service.methods.refresh({}, context)
    await service.close()
    expect(await reading).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
  })
})
