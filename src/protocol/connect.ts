import type { CancelSignal } from './cancel-signal.ts'
import type { EventName, Events, Failure, Method, Outcome, Params, ResultOf } from './contract.ts'
import { type ClientMessage, readServerMessage, type ServerMessage } from './messages.ts'
import type { Port } from './port.ts'

/** Options of one call. When `signal` fires, the call is answered with `cancelled` at once and the backend stops. */
export interface CallOptions {
  readonly signal?: CancelSignal
}

/** The frontend's side of the contract. */
export interface Client {
  /** Calls a method. The promise never rejects: whatever goes wrong is a failure. */
  call<M extends Method>(method: M, params: Params<M>, options?: CallOptions): Promise<Outcome<ResultOf<M>>>
  /** Calls the handler on every such event until the returned function is called (once or more). */
  on<E extends EventName>(event: E, handler: (payload: Events[E]) => void): () => void
  /** Calls the handler when the connection has ended; at once when it already has. */
  onClose(handler: () => void): void
  close(): void
}

type Answer = (outcome: Outcome<unknown>) => void
type Handler = (payload: never) => void

/** What a client remembers about its port. */
interface Session {
  readonly port: Port
  readonly pending: Map<number, Answer>
  readonly handlers: Map<EventName, Set<Handler>>
  readonly closeHandlers: (() => void)[]
  nextId: number
  closed: boolean
}

const DISCONNECTED: Failure = {
  code: 'disconnected',
  message: 'the connection to the Hopwire backend ended',
  hint: 'it reconnects by itself; if it does not, start hopwire again',
}

/** Returns a client that talks over the port. Calls that are pending when the port closes fail with `disconnected`. */
export function connect(port: Port): Client {
  const session: Session = {
    port,
    pending: new Map(),
    handlers: new Map(),
    closeHandlers: [],
    nextId: 1,
    closed: false,
  }
  port.onMessage((input) => {
    const read = readServerMessage(input)
    // A message that is not ours changes nothing: the call it may have meant stays pending until the port closes.
    if (read.ok) receive(session, read.message)
  })
  port.onClose(() => endSession(session))
  return {
    call: <M extends Method>(method: M, params: Params<M>, options: CallOptions = {}) =>
      call(session, method, params, options) as Promise<Outcome<ResultOf<M>>>,
    on: (event, handler) => addHandler(session, event, handler),
    onClose(handler) {
      if (session.closed) handler()
      else session.closeHandlers.push(handler)
    },
    close: () => port.close(),
  }
}

function receive(session: Session, message: ServerMessage): void {
  switch (message.type) {
    case 'result':
      session.pending.get(message.id)?.(message.outcome)
      return
    case 'event':
      // A copy, because a handler may add or remove handlers.
      for (const handler of [...(session.handlers.get(message.event) ?? [])]) handler(message.payload as never)
      return
    case 'problem':
      // Answers a message that this client never writes; there is no call to fail.
      return
    default:
      return message satisfies never
  }
}

function call(session: Session, method: Method, params: unknown, options: CallOptions): Promise<Outcome<unknown>> {
  const { signal } = options
  if (session.closed) return Promise.resolve({ ok: false, failure: DISCONNECTED })
  if (signal?.aborted) return Promise.resolve(cancelled())
  const id = session.nextId++
  return new Promise((resolve) => {
    const finish: Answer = (outcome) => {
      session.pending.delete(id)
      signal?.removeEventListener('abort', abort)
      resolve(outcome)
    }
    const abort = () => {
      finish(cancelled())
      post(session, { type: 'cancel', id })
    }
    session.pending.set(id, finish)
    signal?.addEventListener('abort', abort)
    post(session, { type: 'call', id, method, params })
  })
}

function addHandler(session: Session, event: EventName, handler: Handler): () => void {
  const handlers = session.handlers.get(event) ?? new Set()
  session.handlers.set(event, handlers)
  // A wrapper of its own, so that one function added twice is called twice and removed once.
  const entry: Handler = (payload) => handler(payload)
  handlers.add(entry)
  if (handlers.size === 1) post(session, { type: 'subscribe', event })
  return () => {
    if (handlers.delete(entry) && handlers.size === 0) post(session, { type: 'unsubscribe', event })
  }
}

function endSession(session: Session): void {
  if (session.closed) return
  session.closed = true
  for (const answer of [...session.pending.values()]) answer({ ok: false, failure: DISCONNECTED })
  for (const handler of session.closeHandlers.splice(0)) handler()
}

function post(session: Session, message: ClientMessage): void {
  if (!session.closed) session.port.post(message)
}

function cancelled(): Outcome<never> {
  return { ok: false, failure: { code: 'cancelled', message: 'the call was cancelled' } }
}
