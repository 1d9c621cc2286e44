import type { IpcMain, IpcMainEvent, MessagePortMain } from 'electron'
import type { Port } from '../protocol/port.ts'
import { isOwnUrl } from './own-page.ts'

/** The one channel between page and main; the preload script names it too. Everything else travels over its port. */
export const OPEN_CHANNEL = 'hopwire:open'

/**
 * Gives a port for every page that opens one, after checking who asks. A port belongs to its document: it closes when the
 * page is reloaded or goes away. Ports of strangers are closed unused.
 */
export function acceptPorts(ipcMain: Pick<IpcMain, 'on'>, onPort: (port: Port) => void): void {
  ipcMain.on(OPEN_CHANNEL, (event) => {
    const [port] = event.ports
    if (!port) return
    if (isTrusted(event)) onPort(createIpcPort(port))
    else port.close()
  })
}

/** Only the top frame of our own page. `senderFrame` is null when the frame has gone meanwhile. */
function isTrusted(event: Pick<IpcMainEvent, 'senderFrame'>): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOwnUrl(frame.url)
}

/** Returns a port over Electron's message port. Messages that came before the receiver wait in the message port. */
function createIpcPort(port: MessagePortMain): Port {
  let closed = false
  let closeHandler: (() => void) | null = null
  port.on('close', () => {
    if (closed) return
    closed = true
    closeHandler?.()
  })
  return {
    post(message) {
      if (!closed) port.postMessage(message)
    },
    onMessage(receiver) {
      port.removeAllListeners('message')
      port.on('message', (event) => receiver(event.data))
      port.start()
    },
    onClose(handler) {
      closeHandler = handler
      if (closed) handler()
    },
    close: () => port.close(),
  }
}
