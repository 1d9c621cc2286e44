import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { sameConsent } from '../../../src/backend/consent/consent.ts'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import { serveSocket } from '../../support/serve-socket.ts'

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
  const { url, stop } = await serveSocket((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    response.setHeader('content-type', 'application/json')
    if (path.endsWith('/events')) {
      events = response
      response.flushHeaders()
    } else void answer(path).then((body) => response.end(JSON.stringify(body)))
  })
  cleanups.push(stop)
  return { looks: () => looks, url }
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
