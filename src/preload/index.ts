import { contextBridge, ipcRenderer } from 'electron'
import type { Port } from '../protocol/port.ts'

/** The channel that main listens on. All it carries is the other end of the port. */
const OPEN_CHANNEL = 'hopwire:open'

/**
 * Gives the page one port to the backend and nothing else: no ipcRenderer, no event objects, no channel names. The port is a
 * message channel of this document, which ends with it.
 */
function openPort(): Port {
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage(OPEN_CHANNEL, null, [port2])
  return {
    post(message) {
      port1.postMessage(message)
    },
    // Setting `onmessage` starts the port; until then messages wait in it.
    onMessage(receiver) {
      port1.onmessage = (event) => receiver(event.data)
    },
    onClose(handler) {
      port1.addEventListener('close', () => handler())
    },
    close: () => port1.close(),
  }
}

contextBridge.exposeInMainWorld('hopwire', openPort())
