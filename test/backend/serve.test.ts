import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect as connectTcp } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseOpener } from '../../src/backend/serve/open-browser.ts'
import { startServer } from '../../src/backend/serve/start-server.ts'
import { createFakeService } from '../support/protocol/fake-service.ts'
import { ask, openSocket, openTestServer, TEST_FILES, type TestServer } from '../support/protocol/test-server.ts'

let server: TestServer
let link: string
beforeEach(async () => {
  server = await openTestServer(createFakeService())
  const { pathname, search } = new URL(server.url)
  link = `${pathname}${search}`
})
afterEach(() => server.close())

const host = () => `127.0.0.1:${server.port}`

describe('the link with the token', () => {
  it('becomes a cookie that scripts and other sites cannot use, and leaves the address bar', async () => {
    const answer = await ask(server.port, link)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^hopwire-${server.port}=[\\w-]{32}; HttpOnly; SameSite=Strict; Path=/$`),
    )
    expect(answer.headers['referrer-policy']).toBe('no-referrer')
  })

  it('is refused the second time, without a cookie', async () => {
    await server.visit()
    const answer = await ask(server.port, link)
    expect(answer.status).toBe(403)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('leads who has the cookie to the page again', async () => {
    const cookie = await server.visit()
    expect(await ask(server.port, link, { cookie })).toMatchObject({ status: 303 })
  })

  it('is refused when it is wrong or empty', async () => {
    for (const path of ['/?token=', '/?token=wrong', `/?token=${'x'.repeat(32)}`, `${link}x`]) {
      expect(await ask(server.port, path)).toMatchObject({ status: 403 })
    }
    // A wrong guess must not use the token up.
    expect(await server.visit()).toContain('=')
  })
})

describe('a request without the session', () => {
  it.each(['/', '/index.html', '/assets/a.js', '/nothing'])('is refused %s', async (path) => {
    expect(await ask(server.port, path)).toMatchObject({ status: 403 })
  })

  it.each(['hopwire-1=x', 'other=1', '', ';;=;', 'hopwire'])('is refused with the cookie "%s"', async (cookie) => {
    expect(await ask(server.port, '/', { cookie })).toMatchObject({ status: 403 })
  })

  it('is refused with the token as its cookie', async () => {
    const token = new URL(server.url).searchParams.get('token')
    expect(await ask(server.port, '/', { cookie: `hopwire-${server.port}=${token}` })).toMatchObject({ status: 403 })
  })
})

describe('a request with the session', () => {
  let cookie: string
  beforeEach(async () => {
    cookie = await server.visit()
  })

  it('gets the page', async () => {
    const answer = await ask(server.port, '/', { cookie, host: host() })
    expect(answer).toMatchObject({ status: 200, body: '<!doctype html>page' })
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('gets it from localhost, too', async () => {
    expect(await ask(server.port, '/', { cookie, host: `localhost:${server.port}` })).toMatchObject({ status: 200 })
  })

  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost', '[::1]:80', '127.0.0.1.evil.example'])(
    'is refused with the Host %s, which only a rebound name would send',
    async (wrong) => {
      expect(await ask(server.port, '/', { cookie, host: wrong })).toMatchObject({ status: 403 })
      expect(await ask(server.port, link, { host: wrong })).toMatchObject({ status: 403 })
    },
  )

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://HOST', 'http://localhost:PORT'])(
    'is refused with the Origin %s',
    async (wrong) => {
      const origin = wrong.replace('HOST', host()).replace('PORT', String(server.port))
      expect(await ask(server.port, '/', { cookie, origin })).toMatchObject({ status: 403 })
    },
  )

  it.each(['cross-site', 'same-site'])('is refused when the browser says that it is %s', async (site) => {
    expect(await ask(server.port, '/assets/a.js', { cookie, 'sec-fetch-site': site })).toMatchObject({ status: 403 })
  })

  it.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/assets/../../package.json',
    '/assets/%2e%2e/index.html',
    '//etc/passwd',
    '/./index.html',
    'http://127.0.0.1/index.html',
    '/__proto__',
    '/assets',
    '/index.html%00.js',
  ])('finds nothing at %s', async (path) => {
    expect(await ask(server.port, path, { cookie })).toMatchObject({ status: 404 })
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('may not %s', async (method) => {
    expect(await ask(server.port, '/', { cookie }, method)).toMatchObject({ status: 405 })
  })

  it('gets every refusal with the policy of the page', async () => {
    const answers = [await ask(server.port, '/'), await ask(server.port, '/none', { cookie })]
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

describe('an upgrade to the socket', () => {
  let cookie: string
  beforeEach(async () => {
    cookie = await server.visit()
  })
  const refused = (headers: Readonly<Record<string, string>>, path?: string) =>
    expect(openSocket(server, headers, path)).rejects.toThrow('Unexpected server response: 403')

  it('is refused without the session', () => refused({}))
  it('is refused with the token as its cookie', () =>
    refused({ cookie: `hopwire-${server.port}=${new URL(server.url).searchParams.get('token')}` }))
  it('is refused to a foreign page', () => refused({ cookie, origin: 'http://evil.example' }))
  it('is refused to a page of another port', () => refused({ cookie, origin: 'http://127.0.0.1:1' }))
  it('is refused to a sandboxed frame', () => refused({ cookie, origin: 'null' }))
  it('is refused without an Origin', () => refused({ cookie, origin: '' }))
  it('is refused with a foreign Host', () => refused({ cookie, host: 'evil.example', origin: 'http://evil.example' }))
  it('is refused on another path', () => refused({ cookie }, '/socket/../socket2'))
  it('is accepted from the page', async () => {
    const socket = await openSocket(server, { cookie })
    expect(socket.readyState).toBe(socket.OPEN)
  })
})

describe('startServer()', () => {
  it('says in one line that a port is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const started = await startServer({ service: createFakeService(), files: TEST_FILES, port })
    expect(started).toEqual({
      ok: false,
      failure: {
        code: 'bad-params',
        message: `port ${port} is in use`,
        hint: 'choose another --port; --port 0 takes a free one',
        at: '--port',
      },
    })
    other.close()
  })

  it('listens on the loopback address only', async () => {
    const addresses = Object.values(networkInterfaces())
      .flat()
      .filter((entry) => entry && !entry.internal && entry.family === 'IPv4')
      .map((entry) => entry?.address ?? '')
    for (const address of ['127.0.0.2', ...addresses]) {
      const reached = await new Promise((resolve) => {
        const socket = connectTcp({ host: address, port: server.port })
        socket.once('connect', () => {
          socket.destroy()
          resolve(true)
        })
        socket.once('error', () => resolve(false))
      })
      expect({ address, reached }).toEqual({ address, reached: false })
    }
  })

  it('gives its port back and ends open sockets when it closes', async () => {
    const socket = await openSocket(server, { cookie: await server.visit() })
    const ended = new Promise((resolve) => socket.once('close', resolve))
    await server.close()
    expect(await ended).toBe(1001)
    const again = await startServer({ service: createFakeService(), files: TEST_FILES, port: server.port })
    expect(again).toMatchObject({ ok: true, value: { port: server.port } })
    if (again.ok) await again.value.close()
  })
})

describe('chooseOpener()', () => {
  it.each([
    ['linux', {}, null],
    ['linux', { DISPLAY: ':0' }, ['xdg-open']],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open']],
    ['darwin', {}, ['open']],
    ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler']],
  ] as const)('on %s with %j gives %j', (platform, environment, opener) => {
    expect(chooseOpener(platform, environment)).toEqual(opener)
  })
})
