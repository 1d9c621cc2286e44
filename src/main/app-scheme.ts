import { type Protocol, protocol } from 'electron'
import { findRendererFile, type RendererFiles, SECURITY_HEADERS } from '../backend/renderer-files.ts'
import { APP_SCHEME, isOwnUrl } from './own-page.ts'

/** Makes `app:` a scheme like https, with an origin of its own. Must run before the app is ready. */
export function registerAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges }])
}

/** Serves the built page on `app://hopwire/`, and nothing else. */
export function handleAppScheme(target: Pick<Protocol, 'handle'>, files: RendererFiles): void {
  target.handle(APP_SCHEME, (request) => answerAppRequest(files, request))
}

/** Returns the file of the map that a request names, with the policy of the page; 404 for anything else. */
export function answerAppRequest(files: RendererFiles, request: Pick<Request, 'url' | 'method'>): Response {
  const path = isOwnUrl(request.url) ? new URL(request.url).pathname : ''
  const file = request.method === 'GET' ? findRendererFile(files, path) : null
  if (file === null) return new Response('There is no such file.', { status: 404, headers: SECURITY_HEADERS })
  return new Response(file.body, { status: 200, headers: file.headers })
}
