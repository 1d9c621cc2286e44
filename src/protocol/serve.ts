import { type Canceller, createCanceller } from './cancel-signal.ts'
import type { EventName, Failure, Method, Outcome } from './contract.ts'
import { type ClientMessage, isEventName, isMethodOf, readClientMessage, type ServerMessage } from './messages.ts'
import { PARAM_CHECKS } from './params.ts'
import type { Port } from './port.ts'
import type { CallContext, Service } from './service.ts'

/** A client that has this many calls open is broken or hostile; further ones are refused. */
export const MOST_PENDING_CALLS = 64

/** What one connection has going on. */
interface Connection {
  readonly port: Port
  readonly service: Service
  readonly pending: Map<number, Canceller>
  readonly subscriptions: Map<EventName, () => void>
  readonly gone: Canceller
  closed: boolean
}

/**
 * Answers the messages of one port with a service, until the port closes: then its calls are cancelled and its
 * subscriptions end. Never throws, whatever is posted; a method that throws is answered with an `internal` failure.
 */
export function serve(port: Port, service: Service): void {
  const gone = createCanceller()
  const connection: Connection = { port, service, pending: new Map(), subscriptions: new Map(), gone, closed: false }
  port.onMessage((input) => {
    const read = readClientMessage(input)
    if (read.ok) receive(connection, read.message)
    else post(connection, { type: 'problem', failure: { code: 'bad-params', message: read.why } })
  })
  port.onClose(() => {
    connection.closed = true
    for (const canceller of connection.pending.values()) canceller.cancel()
    for (const unsubscribe of connection.subscriptions.values()) unsubscribe()
    connection.pending.clear()
    connection.subscriptions.clear()
    gone.cancel()
  })
}

function receive(connection: Connection, message: ClientMessage): void {
  switch (message.type) {
    case 'call':
      return startCall(connection, message)
    case 'cancel':
      return cancelCall(connection, message.id)
    case 'subscribe':
      return subscribe(connection, message.event)
    case 'unsubscribe':
      return unsubscribe(connection, message.event)
    default:
      return message satisfies never
  }
}

function startCall(connection: Connection, message: Extract<ClientMessage, { type: 'call' }>): void {
  const { id, method, params } = message
  // Two answers to one id would confuse the client, so the second call is a problem, not a result.
  if (connection.pending.has(id)) {
    const failure: Failure = { code: 'bad-params', message: `call ${id} is already pending` }
    return post(connection, { type: 'problem', failure })
  }
  if (connection.pending.size >= MOST_PENDING_CALLS) {
    return postFailure(connection, id, { code: 'bad-params', message: 'too many calls are pending' })
  }
  if (!isMethodOf(PARAM_CHECKS, method)) {
    return postFailure(connection, id, { code: 'unknown-method', message: 'there is no such method', at: 'method' })
  }
  const canceller = createCanceller()
  connection.pending.set(id, canceller)
  const context = { signal: canceller.signal, gone: connection.gone.signal }
  void invoke(connection.service, method, params, context).then((outcome) => {
    // A cancelled call was answered when it was cancelled, and its id may be in use again.
    if (connection.pending.get(id) !== canceller) return
    connection.pending.delete(id)
    post(connection, { type: 'result', id, outcome })
  })
}

/** Checks the parameters and runs the method. The promise never rejects. */
async function invoke<M extends Method>(
  service: Service,
  method: M,
  params: unknown,
  context: CallContext,
): Promise<Outcome<unknown>> {
  try {
    const checked = PARAM_CHECKS[method](params)
    if (!checked.ok) return checked
    return await service.methods[method](checked.value, context)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, failure: { code: 'internal', message: `${method} failed: ${message}` } }
  }
}

function cancelCall(connection: Connection, id: number): void {
  const canceller = connection.pending.get(id)
  if (!canceller) return
  connection.pending.delete(id)
  canceller.cancel()
  postFailure(connection, id, { code: 'cancelled', message: 'the call was cancelled' })
}

function subscribe(connection: Connection, event: string): void {
  if (!isEventName(event) || connection.subscriptions.has(event)) return
  const stop = connection.service.subscribe(event, (payload) => post(connection, { type: 'event', event, payload }))
  connection.subscriptions.set(event, stop)
}

function unsubscribe(connection: Connection, event: string): void {
  if (!isEventName(event)) return
  connection.subscriptions.get(event)?.()
  connection.subscriptions.delete(event)
}

function postFailure(connection: Connection, id: number, failure: Failure): void {
  post(connection, { type: 'result', id, outcome: { ok: false, failure } })
}

function post(connection: Connection, message: ServerMessage): void {
  if (!connection.closed) connection.port.post(message)
}
