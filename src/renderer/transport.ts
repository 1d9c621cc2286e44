import type { EventName, Events } from '../protocol/contract.ts'
import { type Client, connect } from '../protocol/connect.ts'
import type { Port } from '../protocol/port.ts'

declare global {
  interface Window {
    /** The bridge of the Electron shell; absent in a browser. */
    readonly hopwire?: Port
  }
}

/** Whether there is a backend to talk to. After `connected` comes back, everything shown may be out of date. */
export type ConnectionState = 'connecting' | 'connected' | 'disconnected'

/** The client of the whole page. It outlives its connections: handlers stay, calls meanwhile fail as `disconnected`. */
export interface Transport extends Pick<Client, 'call' | 'on'> {
  /** Calls the handler at once and on every change, until the returned function is called. */
  onConnection(handler: (state: ConnectionState) => void): () => void
}

/** First and longest wait before another try, in milliseconds. */
const FIRST_WAIT = 250
const LONGEST_WAIT = 5000

/** Opens the only connection to the backend: Electron's bridge when the page has one, else a WebSocket to its server. */
export function openTransport(): Transport {
  const bridge = window.hopwire
  return bridge ? openBridge(bridge) : openWebSocket()
}

/** The bridge lives as long as the page, so there is nothing to reconnect. */
function openBridge(port: Port): Transport {
  const client = connect(port)
  const states = createStates()
  states.set('connected')
  client.onClose(() => states.set('disconnected'))
  return { call: client.call, on: client.on, onConnection: states.subscribe }
}

function openWebSocket(): Transport {
  const subscriptions = new Set<(client: Client) => void>()
  const states = createStates()
  let wait = FIRST_WAIT
  let client = start()

  function start(): Client {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`)
    const next = connect(openPort(socket))
    socket.addEventListener('open', () => {
      wait = FIRST_WAIT
      states.set('connected')
    })
    next.onClose(() => {
      states.set('disconnected')
      setTimeout(restart, wait)
      wait = Math.min(wait * 2, LONGEST_WAIT)
    })
    return next
  }

  function restart(): void {
    client = start()
    for (const subscribe of subscriptions) subscribe(client)
  }

  function on<E extends EventName>(event: E, handler: (payload: Events[E]) => void): () => void {
    let stop = client.on(event, handler)
    const subscribe = (next: Client) => {
      stop = next.on(event, handler)
    }
    subscriptions.add(subscribe)
    return () => {
      subscriptions.delete(subscribe)
      stop()
    }
  }

  return { call: (method, params, options) => client.call(method, params, options), on, onConnection: states.subscribe }
}

/** Returns a port over a browser WebSocket. What is posted before the socket is open waits for it. */
function openPort(socket: WebSocket): Port {
  const unsent: string[] = []
  socket.addEventListener('open', () => {
    for (const text of unsent.splice(0)) socket.send(text)
  })
  return {
    post(message) {
      const text = JSON.stringify(message)
      if (socket.readyState === WebSocket.CONNECTING) unsent.push(text)
      else if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    // Set before the socket can open, so nothing arrives without a receiver.
    onMessage: (receiver) => socket.addEventListener('message', (event) => receiver(JSON.parse(String(event.data)))),
    onClose: (handler) => socket.addEventListener('close', () => handler()),
    close: () => socket.close(),
  }
}

function createStates() {
  let state: ConnectionState = 'connecting'
  const handlers = new Set<(state: ConnectionState) => void>()
  return {
    set(next: ConnectionState) {
      if (next === state) return
      state = next
      for (const handler of [...handlers]) handler(next)
    },
    subscribe(handler: (state: ConnectionState) => void): () => void {
      const entry = (next: ConnectionState) => handler(next)
      handlers.add(entry)
      entry(state)
      return () => void handlers.delete(entry)
    },
  }
}
