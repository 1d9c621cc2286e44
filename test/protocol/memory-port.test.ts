import { describe, expect, it } from 'vitest'
import { createPortPair } from '../../src/protocol/memory-port.ts'
import type { Port } from '../../src/protocol/port.ts'
import { serve } from '../../src/protocol/serve.ts'
import { describeProtocol } from '../support/protocol/protocol-suite.ts'

describeProtocol('the memory port', async (service) => {
  const served: Port[] = []
  const dropAll = () => served.forEach((port) => port.close())
  return {
    connect: async () => {
      const [client, server] = createPortPair()
      served.push(server)
      serve(server, service)
      return client
    },
    dropAll,
    close: async () => dropAll(),
  }
})

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('createPortPair()', () => {
  it('delivers what was posted before there was a receiver, in order', async () => {
    const [a, b] = createPortPair()
    a.post(1)
    a.post(2)
    await settle()
    a.post(3)
    const got: unknown[] = []
    b.onMessage((message) => got.push(message))
    await settle()
    expect(got).toEqual([1, 2, 3])
  })

  it('never delivers during post, and gives a copy', async () => {
    const [a, b] = createPortPair()
    const got: unknown[] = []
    b.onMessage((message) => got.push(message))
    const message = { list: [1] }
    a.post(message)
    expect(got).toEqual([])
    message.list.push(2)
    await settle()
    expect(got).toEqual([{ list: [1] }])
  })

  it('drops what JSON cannot carry, as a socket would', async () => {
    const [a, b] = createPortPair()
    const got: unknown[] = []
    b.onMessage((message) => got.push(message))
    a.post({ gone: undefined, map: new Map([[1, 2]]) })
    a.post(undefined)
    await settle()
    expect(got).toEqual([{ map: {} }, null])
  })

  it('delivers what was posted before the end, tells both sides once, and nothing after', async () => {
    const [a, b] = createPortPair()
    const got: unknown[] = []
    a.onClose(() => got.push('a closed'))
    b.onClose(() => got.push('b closed'))
    b.onMessage((message) => got.push(message))
    a.post('last')
    a.close()
    b.close()
    a.post('too late')
    await settle()
    expect(got).toEqual(['last', 'a closed', 'b closed'])
  })

  it('tells a handler that comes after the end at once', async () => {
    const [a, b] = createPortPair()
    a.close()
    await settle()
    let told = false
    b.onClose(() => (told = true))
    expect(told).toBe(true)
  })
})
