import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { connect } from '../../../src/protocol/connect.ts'
import type { Port } from '../../../src/protocol/port.ts'
import { MOST_PENDING_CALLS } from '../../../src/protocol/serve.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { createFakeService, type FakeService, READY } from './fake-service.ts'

/** One transport under test: connects clients to a service through it. */
export interface Transport {
  /** Returns the client's end of a new connection. */
  connect(): Promise<Port>
  /** Ends every connection from the backend's side. */
  dropAll(): void
  close(): Promise<void>
}

const flow = (from: string): Flow => ({ from, to: 'web', protocol: 'tcp', destinationPort: 80 })
const call = (id: number, method: string, params: unknown) => ({ type: 'call', id, method, params })

/** Behaviours that every transport must show; what holds on one and not on another is a bug of the transport. */
export function describeProtocol(name: string, open: (service: Service) => Promise<Transport>): void {
  describe(`the protocol over ${name}`, () => {
    let service: FakeService
    let transport: Transport
    beforeEach(async () => {
      service = createFakeService()
      transport = await open(service)
    })
    afterEach(() => transport.close())

    const newClient = async () => connect(await transport.connect())
    const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 5 })

    /** A port whose answers are kept as they come, for messages that no client writes. */
    async function newRaw(): Promise<{ readonly port: Port; readonly got: unknown[] }> {
      const port = await transport.connect()
      const got: unknown[] = []
      port.onMessage((message) => got.push(message))
      return { port, got }
    }

    it('gives a method’s value', async () => {
      const client = await newClient()
      expect(await client.call('hello', {})).toEqual({ ok: true, value: { version: '1.2.3', status: READY } })
    })

    it('gives a failure as a value, with its hint and position', async () => {
      const client = await newClient()
      const failure = { code: 'engine-denied', message: 'no access', hint: 'join the group', at: '/run/docker.sock' }
      expect(await client.call('refresh', {})).toEqual({ ok: false, failure })
    })

    it('answers a method that throws with an internal failure', async () => {
      const client = await newClient()
      const failure = { code: 'internal', message: 'hostState failed: the roof is on fire' }
      expect(await client.call('hostState', {})).toEqual({ ok: false, failure })
    })

    it('refuses bad parameters with their path before the method runs', async () => {
      const client = await newClient()
      const outcome = await client.call('trace', { flow: { ...flow('c1'), destinationPort: 70_000 }, tried: false })
      const message = 'flow.destinationPort must be a whole number from 0 to 65535'
      expect(outcome).toEqual({ ok: false, failure: { code: 'bad-params', message, at: 'flow.destinationPort' } })
      expect(service.started).toEqual([])
    })

    it('refuses methods that are not in the contract, inherited names too', async () => {
      const { port, got } = await newRaw()
      for (const [id, method] of ['reboot', 'toString', '__proto__', 'constructor'].entries())
        port.post(call(id, method, {}))
      await until(() => expect(got).toHaveLength(4))
      const failure = { code: 'unknown-method', message: 'there is no such method', at: 'method' }
      expect(got).toEqual([0, 1, 2, 3].map((id) => ({ type: 'result', id, outcome: { ok: false, failure } })))
    })

    it('cancels a call at once for the client and stops it in the backend', async () => {
      const client = await newClient()
      const abort = new AbortController()
      const outcome = client.call('trace', { flow: flow('wait'), tried: false }, { signal: abort.signal })
      await until(() => expect(service.started).toEqual(['wait']))
      abort.abort()
      expect(await outcome).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
      await until(() => expect(service.cancelled).toEqual(['wait']))
    })

    it('does not start a call whose signal has fired already', async () => {
      const client = await newClient()
      const outcome = await client.call('trace', { flow: flow('c1'), tried: false }, { signal: AbortSignal.abort() })
      expect(outcome).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
      await client.call('hello', {})
      expect(service.started).toEqual([])
    })

    it('brings an event to every handler of every client', async () => {
      const seen: string[] = []
      const [first, second] = [await newClient(), await newClient()]
      first.on('hostStateChanged', ({ revision }) => seen.push(`a${revision}`))
      first.on('hostStateChanged', ({ revision }) => seen.push(`b${revision}`))
      second.on('hostStateChanged', ({ revision }) => seen.push(`c${revision}`))
      await until(() => expect(service.subscribers('hostStateChanged')).toBe(2))
      service.emit('hostStateChanged', { revision: 7 })
      await until(() => expect([...seen].sort()).toEqual(['a7', 'b7', 'c7']))
    })

    it('brings only the events that were asked for', async () => {
      const client = await newClient()
      const seen: unknown[] = []
      client.on('status', (status) => seen.push(status))
      await until(() => expect(service.subscribers('status')).toBe(1))
      service.emit('hostStateChanged', { revision: 1 })
      service.emit('status', READY)
      await until(() => expect(seen).toEqual([READY]))
    })

    it('unsubscribes in the backend with the last handler', async () => {
      const client = await newClient()
      const seen: number[] = []
      const stops = [1, 2].map(() => client.on('hostStateChanged', ({ revision }) => seen.push(revision)))
      await until(() => expect(service.subscribers('hostStateChanged')).toBe(1))
      stops[0]?.()
      await client.call('hello', {})
      expect(service.subscribers('hostStateChanged')).toBe(1)
      stops[1]?.()
      stops[1]?.()
      await until(() => expect(service.subscribers('hostStateChanged')).toBe(0))
      service.emit('hostStateChanged', { revision: 1 })
      await client.call('hello', {})
      expect(seen).toEqual([])
    })

    it('keeps the order of events', async () => {
      const client = await newClient()
      const seen: number[] = []
      client.on('hostStateChanged', ({ revision }) => seen.push(revision))
      await until(() => expect(service.subscribers('hostStateChanged')).toBe(1))
      const revisions = Array.from({ length: 200 }, (_, index) => index)
      for (const revision of revisions) service.emit('hostStateChanged', { revision })
      await until(() => expect(seen).toEqual(revisions))
    })

    it('starts calls in the order in which they were made and matches answers to them, whatever ends first', async () => {
      const client = await newClient()
      const names = ['slow1', 'quick2', 'slow3', 'quick4']
      const outcomes = await Promise.all(names.map((from) => client.call('trace', { flow: flow(from), tried: false })))
      expect(service.started).toEqual(names)
      expect(outcomes.map((outcome) => (outcome.ok ? null : outcome.failure.message))).toEqual(
        names.map((from) => `no ${from}`),
      )
    })

    it('fails pending and later calls when the backend closes', async () => {
      const client = await newClient()
      let closings = 0
      client.onClose(() => (closings += 1))
      const pending = client.call('trace', { flow: flow('wait'), tried: false })
      await until(() => expect(service.started).toEqual(['wait']))
      transport.dropAll()
      expect(await pending).toMatchObject({ ok: false, failure: { code: 'disconnected' } })
      expect(await client.call('hello', {})).toMatchObject({ ok: false, failure: { code: 'disconnected' } })
      expect(closings).toBe(1)
    })

    it('cancels the calls and subscriptions of a client that goes away, and of no other', async () => {
      const [leaver, stayer] = [await newClient(), await newClient()]
      for (const client of [leaver, stayer]) client.on('status', () => {})
      void leaver.call('trace', { flow: flow('wait-leaver'), tried: false })
      void stayer.call('trace', { flow: flow('wait-stayer'), tried: false })
      await until(() => expect(service.started).toHaveLength(2))
      await until(() => expect(service.subscribers('status')).toBe(2))
      leaver.close()
      await until(() => expect(service.cancelled).toEqual(['wait-leaver']))
      await until(() => expect(service.subscribers('status')).toBe(1))
      expect(await stayer.call('hello', {})).toMatchObject({ ok: true })
    })

    it('answers garbage with a problem and goes on', async () => {
      const { port, got } = await newRaw()
      const garbage = [
        null,
        7,
        'text',
        [],
        {},
        { type: 'launch' },
        { type: 'call', id: -1, method: 'hello', params: {} },
      ]
      const more = [
        call(1.5, 'hello', {}),
        { type: 'call', id: 1 },
        { type: 'subscribe', event: 'toString' },
        { type: 'cancel' },
      ]
      for (const message of [...garbage, ...more]) port.post(message)
      port.post({ type: 'cancel', id: 99 })
      port.post(call(5, 'hello', {}))
      await until(() => expect(got).toHaveLength(garbage.length + more.length + 1))
      const last = got.pop()
      expect(got.map((message) => (message as { type: string }).type)).toEqual(got.map(() => 'problem'))
      expect(last).toMatchObject({ type: 'result', id: 5, outcome: { ok: true } })
    })

    it('refuses a name of unreasonable length and does not send it back', async () => {
      const client = await newClient()
      const outcome = await client.call('trace', { flow: flow('x'.repeat(30_000)), tried: false })
      const failure = { code: 'bad-params', message: 'flow.from must have at most 300 characters', at: 'flow.from' }
      expect(outcome).toEqual({ ok: false, failure })
    })

    it('refuses a second call with the id of a pending one, and more pending calls than anyone needs', async () => {
      const { port, got } = await newRaw()
      const wait = (id: number) => call(id, 'trace', { flow: flow('wait'), tried: false })
      for (let id = 0; id < MOST_PENDING_CALLS; id++) port.post(wait(id))
      port.post(wait(0))
      port.post(wait(MOST_PENDING_CALLS))
      await until(() => expect(got).toHaveLength(2))
      expect(got[0]).toMatchObject({ type: 'problem', failure: { message: 'call 0 is already pending' } })
      expect(got[1]).toMatchObject({ type: 'result', id: MOST_PENDING_CALLS, outcome: { ok: false } })
      port.post({ type: 'cancel', id: 0 })
      port.post(call(0, 'hello', {}))
      await until(() =>
        expect(got.slice(2)).toMatchObject([
          { id: 0, outcome: { ok: false } },
          { id: 0, outcome: { ok: true } },
        ]),
      )
    })
  })
}
