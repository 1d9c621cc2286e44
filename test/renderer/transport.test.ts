import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createPortPair } from '../../src/protocol/memory-port.ts'
import { serve } from '../../src/protocol/serve.ts'
import { type ConnectionState, openTransport } from '../../src/renderer/transport.ts'
import { createFakeService, type FakeService } from '../support/protocol/fake-service.ts'
import { openTestServer, type TestServer } from '../support/protocol/test-server.ts'

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 5 })

let service: FakeService
beforeEach(() => {
  service = createFakeService()
})
afterEach(() => vi.unstubAllGlobals())

describe('the transport in Electron', () => {
  it('talks over the bridge of the preload script', async () => {
    const [near, far] = createPortPair()
    serve(far, service)
    vi.stubGlobal('window', { hopwire: near })
    const transport = openTransport()
    const states: ConnectionState[] = []
    transport.onConnection((state) => states.push(state))
    expect(await transport.call('hello', {})).toMatchObject({ ok: true })
    far.close()
    await until(() => expect(states).toEqual(['connected', 'disconnected']))
  })
})

describe('the transport in a browser', () => {
  let server: TestServer
  /** Sockets that the page has opened; a test cuts them as a broken network would. */
  let sockets: WebSocket[]
  /** The page's timers: a page that goes away takes them along. */
  let timers: NodeJS.Timeout[]
  beforeEach(async () => {
    server = await openTestServer(service)
    const cookie = await server.visit()
    sockets = []
    const host = `127.0.0.1:${server.port}`
    class PageSocket extends WebSocket {
      constructor(url: string) {
        super(url, { headers: { cookie, origin: `http://${host}` } })
        sockets.push(this)
      }
    }
    vi.stubGlobal('window', {})
    vi.stubGlobal('location', { protocol: 'http:', host })
    vi.stubGlobal('WebSocket', PageSocket)
    timers = []
    const { setTimeout } = globalThis
    vi.stubGlobal('setTimeout', (...args: Parameters<typeof setTimeout>) => {
      const timer = setTimeout(...args)
      timers.push(timer)
      return timer
    })
  })
  afterEach(async () => {
    await server.close()
    await until(() => expect(sockets.every(({ readyState }) => readyState === WebSocket.CLOSED)).toBe(true))
    for (const timer of timers) clearTimeout(timer)
  })

  it('connects to where the page came from; calls made meanwhile wait for it', async () => {
    const transport = openTransport()
    const states: ConnectionState[] = []
    transport.onConnection((state) => states.push(state))
    expect(await transport.call('hello', {})).toMatchObject({ ok: true, value: { version: '1.2.3' } })
    expect(states).toEqual(['connecting', 'connected'])
    expect(sockets.map(({ url }) => url)).toEqual([`ws://127.0.0.1:${server.port}/socket`])
  })

  it('comes back after a break, with its handlers, and without those that were taken away', async () => {
    const transport = openTransport()
    const states: ConnectionState[] = []
    const seen: string[] = []
    transport.onConnection((state) => states.push(state))
    transport.on('hostStateChanged', ({ revision }) => seen.push(`kept ${revision}`))
    const stop = transport.on('hostStateChanged', ({ revision }) => seen.push(`stopped ${revision}`))
    await until(() => expect(service.subscribers('hostStateChanged')).toBe(1))
    stop()
    sockets[0]?.terminate()
    await until(() => expect(states).toEqual(['connecting', 'connected', 'disconnected']))
    expect(await transport.call('hello', {})).toMatchObject({ ok: false, failure: { code: 'disconnected' } })
    await until(() => expect(states.at(-1)).toBe('connected'))
    await until(() => expect(service.subscribers('hostStateChanged')).toBe(1))
    service.emit('hostStateChanged', { revision: 3 })
    await until(() => expect(seen).toEqual(['kept 3']))
    expect(await transport.call('hello', {})).toMatchObject({ ok: true })
  })

  it('tells a handler no more once it was taken away', async () => {
    const transport = openTransport()
    const states: ConnectionState[] = []
    const stop = transport.onConnection((state) => states.push(state))
    stop()
    await transport.call('hello', {})
    expect(states).toEqual(['connecting'])
  })
})
