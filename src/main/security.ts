import type { Session, WebContents, WebPreferences } from 'electron'
import { isOwnUrl } from './own-page.ts'

/** Returns the preferences of every window. The page is treated as hostile: what it could do, an attacker could. */
export function createWebPreferences(preload: string): WebPreferences {
  return {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  }
}

/** Keeps a page on our own scheme: no navigation elsewhere, no windows, no webviews. */
export function guardContents(contents: WebContents): void {
  const keepHome = (event: { readonly url: string; preventDefault(): void }) => {
    if (!isOwnUrl(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', keepHome)
  contents.on('will-redirect', keepHome)
  contents.on('will-frame-navigate', keepHome)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Denies every permission but writing text to the clipboard. Without these handlers Electron grants most of them. */
export function denyPermissions(session: Session): void {
  const isAllowed = (permission: string) => permission === 'clipboard-sanitized-write'
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(isAllowed(permission)))
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission))
  session.setDevicePermissionHandler(() => false)
}
