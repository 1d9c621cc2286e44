import type { Client } from '../protocol/connect.ts'
import type { AppStore } from './store/store.ts'
import type { Transport } from './transport.ts'

/**
 * Gives the store a client for every connection that the transport makes, and ends that client when the connection
 * ends, so that the store sees each connection as one life with a beginning and an end. Returns how to stop.
 */
export function followTransport(transport: Transport, store: AppStore): () => void {
  let life: ConnectionLife | null = null
  const stop = transport.onConnection((state) => {
    if (state === 'connecting') return
    life?.end()
    life = state === 'connected' ? startLife(transport) : null
    if (life !== null) store.getState().connectBackend(life.client)
  })
  return () => {
    stop()
    life?.end()
  }
}

interface ConnectionLife {
  readonly client: Client
  readonly end: () => void
}

function startLife(transport: Transport): ConnectionLife {
  const stops: (() => void)[] = []
  const closeHandlers: (() => void)[] = []
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    for (const stop of stops.splice(0)) stop()
    for (const handler of closeHandlers.splice(0)) handler()
  }
  const client: Client = {
    call: (method, params, options) => transport.call(method, params, options),
    on: (event, handler) => {
      const stop = transport.on(event, handler)
      stops.push(stop)
      return stop
    },
    onClose: (handler) => {
      if (ended) handler()
      else closeHandlers.push(handler)
    },
    close: end,
  }
  return { client, end }
}
