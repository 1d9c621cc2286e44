import { request } from 'node:http'
import { WebSocket } from 'ws'
import type { RendererFiles } from '../../../src/backend/renderer-files.ts'
import { type RunningServer, startServer } from '../../../src/backend/serve/start-server.ts'
import type { Service } from '../../../src/protocol/service.ts'

/** A running server with a page of two files. */
export interface TestServer extends RunningServer {
  /** Opens the printed link, once, and gives the cookie that came back. */
  visit(): Promise<string>
}

/** One answer of the server. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

const text = (content: string) => new TextEncoder().encode(content)

export const TEST_FILES: RendererFiles = new Map([
  [
    '/index.html',
    { body: text('<!doctype html>page'), headers: { 'content-type': 'text/html', 'cache-control': 'no-store' } },
  ],
  ['/assets/a.js', { body: text('1'), headers: { 'content-type': 'text/javascript' } }],
])

/** Starts the real server on a free port. Throws when it does not start. */
export async function openTestServer(service: Service, files = TEST_FILES): Promise<TestServer> {
  const started = await startServer({ service, files, port: 0 })
  if (!started.ok) throw new Error(started.failure.message)
  const server = started.value
  const { pathname, search } = new URL(server.url)
  const visit = async () => {
    const answer = await ask(server.port, `${pathname}${search}`)
    const [cookie] = answer.headers['set-cookie'] ?? []
    if (!cookie) throw new Error(`no cookie, but ${answer.status} ${answer.body}`)
    return cookie.split(';', 1)[0] ?? ''
  }
  return { ...server, visit }
}

/** Sends one request exactly as written: the path is not normalised, and headers replace the usual ones. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Opens a WebSocket as a browser on the page would, unless other headers are given. Rejects when it is refused. */
export function openSocket(
  server: Pick<RunningServer, 'port'>,
  headers: Readonly<Record<string, string>>,
  path = '/socket',
): Promise<WebSocket> {
  const origin = `http://127.0.0.1:${server.port}`
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers: { origin, ...headers } })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}
