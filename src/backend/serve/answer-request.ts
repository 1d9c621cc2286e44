import type { IncomingMessage, ServerResponse } from 'node:http'
import { findRendererFile, type RendererFiles, SECURITY_HEADERS } from '../renderer-files.ts'
import { checkRequest, type RequestOrigin } from './check-request.ts'
import type { Session } from './session.ts'

/** What the server needs to answer a request. */
export interface Site {
  readonly port: number
  readonly session: Session
  readonly files: RendererFiles
}

/** Answers one plain HTTP request: the link with its token, or a file of the page for who has the session. */
export function answerRequest(site: Site, request: IncomingMessage, response: ServerResponse): void {
  const refusal = checkRequest(readOrigin(request), site.port, false)
  if (refusal !== null) return answerText(response, 403, refusal)
  if (request.method !== 'GET' && request.method !== 'HEAD') return answerText(response, 405, 'GET only')
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const token = path === '/' ? new URLSearchParams(query).get('token') : null
  if (token !== null) return answerToken(site, request, response, token)
  if (!holdsSession(site, request)) {
    return answerText(response, 403, 'Open the link that hopwire serve has printed.')
  }
  const file = findRendererFile(site.files, path)
  if (file === null) return answerText(response, 404, 'There is no such file.')
  response.writeHead(200, { ...file.headers, 'content-length': file.body.byteLength })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

/** Returns why an upgrade to a WebSocket must be refused, or null. */
export function checkUpgrade(site: Site, request: IncomingMessage): string | null {
  const refusal = checkRequest(readOrigin(request), site.port, true)
  if (refusal !== null) return refusal
  if (request.url !== '/socket') return 'no such socket'
  return holdsSession(site, request) ? null : 'no session'
}

/** The redirect takes the token out of the address bar. Who comes back with the used link and the cookie is let in. */
function answerToken(site: Site, request: IncomingMessage, response: ServerResponse, token: string): void {
  const cookie = site.session.redeem(token)
  if (cookie === null && !holdsSession(site, request)) {
    return answerText(response, 403, 'This link is wrong or was used before. Start hopwire serve again for a new one.')
  }
  const headers = cookie === null ? {} : { 'set-cookie': cookie }
  response.writeHead(303, { ...SECURITY_HEADERS, ...headers, location: '/', 'cache-control': 'no-store' })
  response.end()
}

function holdsSession(site: Site, request: IncomingMessage): boolean {
  return site.session.holds(request.headers.cookie ?? null)
}

function readOrigin(request: IncomingMessage): RequestOrigin {
  return {
    host: readOnce(request, 'host'),
    origin: readOnce(request, 'origin'),
    fetchSite: readOnce(request, 'sec-fetch-site'),
  }
}

/** Node keeps the first of several Host headers and drops the rest; two of them are nobody's honest request. */
function readOnce(request: IncomingMessage, name: string): string | null {
  const values = request.headersDistinct[name] ?? []
  return values.length > 1 ? '(several)' : (values[0] ?? null)
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(`${text}\n`)
}
