import { findRendererFile, type RendererFiles, SECURITY_HEADERS } from '../backend/renderer-files.ts'
import { isOwnUrl } from './own-page.ts'

/** Returns the file of the map that a request names, with the policy of the page; 404 for anything else. */
export function answerAppRequest(files: RendererFiles, request: Pick<Request, 'url' | 'method'>): Response {
  const path = isOwnUrl(request.url) ? new URL(request.url).pathname : ''
  const file = request.method === 'GET' ? findRendererFile(files, path) : null
  if (file === null) return new Response('There is no such file.', { status: 404, headers: SECURITY_HEADERS })
  return new Response(file.body, { status: 200, headers: file.headers })
}
