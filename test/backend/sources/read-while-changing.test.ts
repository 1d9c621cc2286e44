import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sameConsent } from '../../../src/backend/consent/consent.ts'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

const VERSION = { Version: '28.5.2', ApiVersion: '1.51', Os: 'linux', Arch: 'amd64', KernelVersion: '6.1' }

const container = (name: string) => ({
  Id: 'c1',
  Name: `/${name}`,
  Config: {},
  HostConfig: { NetworkMode: 'none' },
  State: { Status: 'exited', Running: false, Pid: 0 },
  NetworkSettings: { Networks: {} },
})

/** An engine with one container, which is renamed once while it is looked at; `told` settles when its event was heard. */
async function startEngine(told: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-engine-'))
  let events: ServerResponse | null = null
  let looks = 0
  const look = async (): Promise<object> => {
    looks += 1
    if (looks > 1) return container('new')
    const actor = { ID: 'c1', Attributes: { name: 'new', oldName: '/old' } }
    events?.write(`${JSON.stringify({ Type: 'container', Action: 'rename', Actor: actor })}\n`)
    await told()
    return container('old')
  }
  const answer = async (path: string): Promise<object> => {
    if (path.endsWith('/version')) return VERSION
    if (path.endsWith('/info')) return { ID: 'engine', Name: 'machine', SecurityOptions: [] }
    if (path.endsWith('/containers/json')) return [{ Id: 'c1' }]
    return path.endsWith('/c1/json') ? look() : []
  }
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    response.setHeader('content-type', 'application/json')
    if (path.endsWith('/events')) {
      events = response
      response.flushHeaders()
    } else void answer(path).then((body) => response.end(JSON.stringify(body)))
  })
  server.listen(join(folder, 'docker.sock'))
  await once(server, 'listening')
  cleanups.push(() => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  })
  return { looks: () => looks, url: `unix://${join(folder, 'docker.sock')}` }
}

test('what changes while the host is read is read again before the state is given', async () => {
  let heard = (): void => undefined
  const told = new Promise<void>((resolve) => (heard = resolve))
  const engine = await startEngine(() => told)
  const source = createDockerSource({ dockerHost: engine.url, consent: sameConsent('refused') })
  cleanups.push(() => void source.close())
  source.onChange((change) => {
    if (change === 'state') heard()
  })
  const outcome = await source.load(undefined, 'whole')
  expect(outcome.ok && outcome.value.containers.map(({ name }) => name)).toEqual(['new'])
  expect(engine.looks()).toBe(2)
})
