import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { createWebSocketPort, LONGEST_CLIENT_MESSAGE } from '../../src/backend/serve/web-socket-port.ts'
import { createFakeService } from '../support/protocol/fake-service.ts'
import { describeProtocol } from '../support/protocol/protocol-suite.ts'
import { openSocket, openTestServer } from '../support/protocol/test-server.ts'

describeProtocol('a real WebSocket', async (service) => {
  const server = await openTestServer(service)
  const cookie = await server.visit()
  return {
    connect: async () => createWebSocketPort(await openSocket(server, { cookie })),
    dropAll: () => void server.close(),
    close: () => server.close(),
  }
})

describe('a WebSocket of serve', () => {
  it.each([
    ['a message that is too long', 1009, (size: number) => JSON.stringify('x'.repeat(size))],
    ['a binary frame', 1003, () => new Uint8Array([1, 2, 3])],
  ])('is closed on %s, and the others live on', async (_what, code, message) => {
    const server = await openTestServer(createFakeService())
    const cookie = await server.visit()
    const [bad, good] = [await openSocket(server, { cookie }), await openSocket(server, { cookie })]
    const closed = new Promise((resolve) => bad.once('close', resolve))
    bad.send(message(LONGEST_CLIENT_MESSAGE))
    expect(await closed).toBe(code)
    const answer = nextMessage(good)
    good.send(JSON.stringify({ type: 'call', id: 1, method: 'hello', params: {} }))
    expect(await answer).toMatchObject({ type: 'result', id: 1, outcome: { ok: true } })
    await server.close()
  })

  it('answers text that is not JSON with a problem', async () => {
    const server = await openTestServer(createFakeService())
    const socket = await openSocket(server, { cookie: await server.visit() })
    const answer = nextMessage(socket)
    socket.send('{"type":')
    expect(await answer).toMatchObject({ type: 'problem', failure: { code: 'bad-params' } })
    await server.close()
  })
})

function nextMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString('utf8')))))
}
