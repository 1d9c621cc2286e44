import { join } from 'node:path'
import { app, BrowserWindow, ipcMain, Menu, protocol, session } from 'electron'
import { loadRendererFiles } from '../backend/renderer-files.ts'
import { serve } from '../protocol/serve.ts'
import { handleAppScheme, registerAppScheme } from './app-scheme.ts'
import { acceptPorts } from './ipc-port.ts'
import { buildMenu } from './menu.ts'
import { startBackend } from './start-backend.ts'
import { denyPermissions, guardContents } from './security.ts'
import { openWindow } from './window.ts'

const PRELOAD = join(__dirname, '../preload/index.cjs')

app.enableSandbox()
registerAppScheme(protocol)
app.on('web-contents-created', (_event, contents) => guardContents(contents))
app.on('window-all-closed', () => app.quit())
void app.whenReady().then(start)

function start(): void {
  const files = loadRendererFiles()
  if (!files.ok) return giveUp(`${files.failure.message}; ${files.failure.hint ?? ''}`)
  denyPermissions(session.defaultSession)
  handleAppScheme(protocol, files.value)
  Menu.setApplicationMenu(Menu.buildFromTemplate(buildMenu(process.platform, app.isPackaged)))
  // The window first: reading the engine takes longer than drawing a page that says so.
  openWindow(PRELOAD)
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(PRELOAD)
  })
  const backend = startBackend(process.argv)
  acceptPorts(ipcMain, (port) => void backend.service.then((service) => serve(port, service), giveUp))
  closeBeforeQuit(backend.close)
}

/** Lets the backend take its helper container away before the app ends, once. */
function closeBeforeQuit(close: () => Promise<void>): void {
  let closed = false
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void close().finally(() => {
      closed = true
      app.quit()
    })
  })
}

function giveUp(why: unknown): void {
  process.stderr.write(`hopwire: ${why instanceof Error ? why.message : String(why)}\n`)
  app.exit(3)
}
