import { createSocket, type Socket } from 'node:dgram'
import { getEventListeners, once } from 'node:events'
import { Resolver } from 'node:dns/promises'
import { afterEach, expect, it } from 'vitest'
import { askOwnResolver } from '../../../src/backend/sources/own-resolver.ts'

let socket: Socket | null = null
afterEach(() => socket?.close())

/** A name server that answers every question with one response code, and with an address to A where the code is 0. */
async function serverThatSays(rcode: number, types: readonly number[] = [1]): Promise<Resolver> {
  const own = createSocket('udp4')
  socket = own
  own.on('message', (question, from) => {
    const end = question.indexOf(0, 12) + 5
    const has = rcode === 0 && types.includes(question.readUInt16BE(end - 4))
    const header = Buffer.from(question.subarray(0, 12))
    header.writeUInt16BE(0x8180 | rcode, 2)
    header.writeUInt16BE(has ? 1 : 0, 6)
    header.writeUInt32BE(0, 8)
    const answer = Buffer.from('c00c000100010000003c0004cb007150', 'hex')
    own.send(
      Buffer.concat([header, question.subarray(12, end), has ? answer : Buffer.alloc(0)]),
      from.port,
      from.address,
    )
  })
  own.bind(0, '127.0.0.1')
  await once(own, 'listening')
  const resolver = new Resolver({ timeout: 1000, tries: 1 })
  resolver.setServers([`127.0.0.1:${own.address().port}`])
  return resolver
}

it.each([
  [0, 'NOERROR', ['203.0.113.80']],
  [2, 'SERVFAIL', []],
  [3, 'NXDOMAIN', []],
  [5, 'REFUSED', []],
] as const)('response code %d is %s', async (rcode, status, addresses) => {
  const answer = await askOwnResolver('7', 'facebook.com', undefined, await serverThatSays(rcode))
  expect(answer).toEqual({ namespace: '7', name: 'facebook.com', server: '127.0.0.1', status, addresses })
})

it('a name without an address of any kind is known all the same', async () => {
  const answer = await askOwnResolver('7', 'mail.test', undefined, await serverThatSays(0, []))
  expect(answer).toMatchObject({ status: 'NOERROR', addresses: [] })
})

it('nobody there is a time-out', async () => {
  const resolver = await serverThatSays(0)
  socket?.close()
  socket = null
  expect(await askOwnResolver('7', 'a.test', undefined, resolver)).toMatchObject({ status: 'TIMEOUT', addresses: [] })
})

it('leaves nobody behind who listens to the signal', async () => {
  const { signal } = new AbortController()
  await askOwnResolver('7', 'a.test', signal, await serverThatSays(0))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('the signal ends it', async () => {
  const silent = createSocket('udp4')
  socket = silent
  silent.bind(0, '127.0.0.1')
  await once(silent, 'listening')
  const resolver = new Resolver({ timeout: 30_000, tries: 1 })
  resolver.setServers([`127.0.0.1:${silent.address().port}`])
  const abort = new AbortController()
  silent.on('message', () => abort.abort())
  await expect(askOwnResolver('7', 'a.test', abort.signal, resolver)).rejects.toThrow()
})
