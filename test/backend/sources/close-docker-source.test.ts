import { afterEach, expect, test } from 'vitest'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import { serveSocket } from '../../support/serve-socket.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** An engine that answers its version and nothing else; `onFirst` runs before its first answer. */
async function startEngine(onFirst: () => Promise<void>) {
  const asked: string[] = []
  const { url, stop } = await serveSocket((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const first = asked.length === 1 ? onFirst() : Promise.resolve()
    const version = {
      Version: '28.5.2',
      ApiVersion: '1.51',
      MinAPIVersion: '1.24',
      Os: 'linux',
      Arch: 'amd64',
      KernelVersion: '6.1',
    }
    void first.then(() => response.setHeader('content-type', 'application/json').end(JSON.stringify(version)))
  })
  cleanups.push(stop)
  return { asked, url }
}

test('a source that is closed while it connects starts no helper afterwards', async () => {
  const engine = await startEngine(() => source.close())
  const source = createDockerSource({ dockerHost: engine.url, probe: 'required' })
  const outcome = await source.load()
  expect(outcome).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
  expect(engine.asked.length).toBeGreaterThan(0)
  expect(engine.asked.filter((request) => !request.startsWith('GET '))).toEqual([])
  expect(engine.asked.filter((request) => request.includes('/images') || request.includes('/containers'))).toEqual([])
})
