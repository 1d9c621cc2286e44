import { EventEmitter } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import type { MessagePortMain } from 'electron'

type Members = Pick<MessagePortMain, 'postMessage' | 'start' | 'close'>

/** Main's end of a message channel. As in Electron, messages wait until `start()`, and `message` events carry `data`. */
export class MessagePortMainDouble extends EventEmitter implements Members {
  #started = false

  constructor(private readonly port: MessagePort) {
    super()
    port.on('close', () => this.emit('close'))
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    // Node starts a port as soon as somebody listens, so nobody may listen before.
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  postMessage(message: unknown): void {
    this.port.postMessage(message)
  }

  close(): void {
    this.port.close()
  }
}
