import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDockerHost } from '../../../src/backend/docker/endpoint.ts'
import { compareVersions, connectEngine } from '../../../src/backend/docker/engine.ts'
import { failureOf } from '../../../src/backend/docker/engine-error.ts'

let folder = ''
let server: Server | null = null
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hopwire-engine-'))))
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
  server = null
  rmSync(folder, { recursive: true })
})

async function serve(listener: RequestListener): Promise<string> {
  const path = join(folder, 'docker.sock')
  server = createServer(listener).listen(path)
  await once(server, 'listening')
  return path
}

async function connect(path: string) {
  const endpoint = parseDockerHost(`unix://${path}`)
  if (!endpoint.ok) throw new Error(endpoint.failure.message)
  return connectEngine(endpoint.value)
}

/** An HTTP server in place of an engine: these are answers that no healthy engine gives. */
describe('connectEngine', () => {
  it('says that nothing is there', async () => {
    expect(await connect(join(folder, 'none.sock'))).toMatchObject({
      ok: false,
      failure: { code: 'engine-unreachable', message: expect.stringContaining('there is no such socket') },
    })
  })

  it('says that nobody listens any more', async () => {
    const path = await serve(() => undefined)
    // Node removes the file when it closes a server: a dead engine leaves it.
    const dead = join(folder, 'dead.sock')
    const { linkSync } = await import('node:fs')
    linkSync(path, dead)
    await new Promise((resolve) => server?.close(resolve))
    expect(await connect(dead)).toMatchObject({
      ok: false,
      failure: { code: 'engine-unreachable', message: expect.stringContaining('nothing listens there') },
    })
  })

  it('says that an engine is too old', async () => {
    const path = await serve((_, response) => {
      response.setHeader('content-type', 'application/json').end('{"Version":"19.03.15","ApiVersion":"1.40"}')
    })
    expect(await connect(path)).toMatchObject({
      ok: false,
      failure: { code: 'engine-too-old', message: expect.stringContaining('19.03.15 (API 1.40)') },
    })
  })

  it('says that an authorization plugin denied the request', async () => {
    const path = await serve((_, response) => {
      response
        .writeHead(403, { 'content-type': 'application/json' })
        .end('{"message":"authorization denied by plugin x"}')
    })
    expect(await connect(path)).toMatchObject({
      ok: false,
      failure: { code: 'engine-denied', message: expect.stringContaining('authorization denied by plugin x') },
    })
  })

  it(`says that permission is denied${process.getuid?.() === 0 ? ' (as the error tells it: root is denied nothing)' : ''}`, async () => {
    const path = await serve(() => undefined)
    chmodSync(path, 0)
    const failure =
      process.getuid?.() === 0
        ? failureOf({ code: 'EACCES' }, path)
        : await connect(path).then((one) => !one.ok && one.failure)
    expect(failure).toMatchObject({ code: 'engine-denied', hint: expect.stringContaining('docker') })
  })
})

describe('compareVersions', () => {
  it('compares numbers, not texts', () => {
    expect(compareVersions('1.9', '1.41')).toBeLessThan(0)
    expect(compareVersions('1.41', '1.41')).toBe(0)
    expect(compareVersions('2.0', '1.51')).toBeGreaterThan(0)
  })
})
