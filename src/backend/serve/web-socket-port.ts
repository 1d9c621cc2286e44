import type { WebSocket } from 'ws'
import type { Port } from '../../protocol/port.ts'

/** Longest message that a client may send, in bytes: its messages are small, only ours are long. */
export const LONGEST_CLIENT_MESSAGE = 64 * 1024

/**
 * Returns the port of one accepted WebSocket. Text that is not JSON reaches the receiver as that text, which the protocol
 * answers as a message that it cannot read; a binary frame ends the connection.
 */
export function createWebSocketPort(socket: WebSocket): Port {
  const waiting: unknown[] = []
  let receiver: ((message: unknown) => void) | null = null
  // `ws` reports a too long or malformed frame here and closes by itself; without a listener it would end the process.
  socket.on('error', () => socket.terminate())
  socket.on('message', (data, isBinary) => {
    if (isBinary) return socket.close(1003, 'text only')
    // The default `binaryType` gives a Buffer for text, too.
    const message = parseText((data as Buffer).toString('utf8'))
    if (receiver) receiver(message)
    else waiting.push(message)
  })
  return {
    post(message) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message) ?? 'null')
    },
    onMessage(next) {
      receiver = next
      for (const message of waiting.splice(0)) next(message)
    },
    onClose(handler) {
      if (socket.readyState === socket.CLOSED) handler()
      else socket.once('close', () => handler())
    },
    close: () => socket.close(1000),
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
