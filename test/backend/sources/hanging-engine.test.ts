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

/** An engine without containers that takes every call, and answers none as long as it hangs. */
async function startEngine() {
  const asked: string[] = []
  const held: (() => void)[] = []
  let hangs = false
  const answer = (path: string, response: ServerResponse): void => {
    if (path === '/events') return response.flushHeaders()
    const body = path === '/version' ? VERSION : path === '/info' ? { ID: 'engine', Name: 'machine' } : []
    response.end(JSON.stringify(body))
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
    message: expect.stringMatching(/^the Docker engine at unix:\/\/\S+ cannot be reached: no answer$/) as string,
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

  it('keeps nobody waiting who cancels', async () => {
    const canceller = createCanceller()
    const { signal } = canceller
    void service.methods.refresh({}, context)
    await expect.poll(() => engine.asked, SOON).toContain('/info')
    const asked = Promise.all([
      service.methods.trace(trace, { signal }),
      service.methods.liveTrace({ ...trace, probe: 'auto', waitSeconds: 5 }, { signal }),
    ])
    canceller.cancel()
    expect(await asked).toMatchObject([
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
