import type { Protocol } from 'electron'
import type { RendererFiles } from '../backend/renderer-files.ts'
import { answerAppRequest } from './answer-app-request.ts'
import { APP_SCHEME } from './own-page.ts'

/** Makes `app:` a scheme like https, with an origin of its own. Must run before the app is ready. */
export function registerAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges }])
}

/** Serves the built page on `app://hopwire/`, and nothing else. */
export function handleAppScheme(protocol: Pick<Protocol, 'handle'>, files: RendererFiles): void {
  protocol.handle(APP_SCHEME, (request) => answerAppRequest(files, request))
}
