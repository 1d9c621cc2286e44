// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { followTransport } from '../../src/renderer/follow-transport.ts'
import { createAppStore } from '../../src/renderer/store/store.ts'
import type { ConnectionState, Transport } from '../../src/renderer/transport.ts'

/** A transport whose connection the test makes and breaks, counting who still listens to it. */
function fakeTransport() {
  let notify: (state: ConnectionState) => void = () => undefined
  const listening = { count: 0 }
  const transport: Transport = {
    call: async () => ({ ok: false, failure: { code: 'disconnected', message: 'fake' } }),
    on: () => {
      listening.count += 1
      return () => {
        listening.count -= 1
      }
    },
    onConnection: (handler) => {
      notify = handler
      handler('connecting')
      return () => undefined
    },
  }
  return { transport, listening, set: (state: ConnectionState) => notify(state) }
}

describe('followTransport', () => {
  it('gives the store one client a connection and listens once, also after a reconnection', () => {
    const { transport, listening, set } = fakeTransport()
    const store = createAppStore()
    followTransport(transport, store)
    expect(store.getState().connected).toBe(false)
    set('connected')
    const once = listening.count
    expect(once).toBeGreaterThan(0)
    expect(store.getState().connected).toBe(true)
    set('disconnected')
    expect(store.getState().connected).toBe(false)
    expect(listening.count).toBe(0)
    set('connected')
    expect(store.getState().connected).toBe(true)
    expect(listening.count).toBe(once)
  })
})
