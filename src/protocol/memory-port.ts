import type { Port } from './port.ts'

/** A port with its inbox: what arrives before there is a receiver waits in order. */
interface End {
  readonly port: Port
  deliver(text: string): void
  end(): void
}

/**
 * Returns two ports that are connected with each other. Every message goes through JSON, so that what does not survive a
 * WebSocket does not survive here either, and arrives later, in order, never during `post`.
 */
export function createPortPair(): readonly [Port, Port] {
  let closed = false
  const ends: End[] = []
  const closeBoth = () => {
    if (closed) return
    closed = true
    // Messages that were posted before the end are still delivered before it, as over a socket.
    void Promise.resolve().then(() => {
      for (const end of ends) end.end()
    })
  }
  const send = (to: 0 | 1, message: unknown) => {
    if (closed) return
    const text = JSON.stringify(message) ?? 'null'
    void Promise.resolve().then(() => ends[to]?.deliver(text))
  }
  const first = createEnd((message) => send(1, message), closeBoth)
  const second = createEnd((message) => send(0, message), closeBoth)
  ends.push(first, second)
  return [first.port, second.port]
}

function createEnd(post: (message: unknown) => void, close: () => void): End {
  const waiting: unknown[] = []
  let ended = false
  let receiver: ((message: unknown) => void) | null = null
  let closeHandler: (() => void) | null = null
  return {
    port: {
      post,
      onMessage(next) {
        receiver = next
        for (const message of waiting.splice(0)) next(message)
      },
      onClose(handler) {
        closeHandler = handler
        if (ended) handler()
      },
      close,
    },
    deliver(text) {
      const message: unknown = JSON.parse(text)
      if (receiver) receiver(message)
      else waiting.push(message)
    },
    end() {
      if (ended) return
      ended = true
      closeHandler?.()
    },
  }
}
