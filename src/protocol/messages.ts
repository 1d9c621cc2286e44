import type { EventName, Failure, FailureCode, Method, Outcome } from './contract.ts'

/** What a client posts. `id` is chosen by the client and is unique among its pending calls. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly event: string }

/** What a server posts. `problem` answers a message that could not be read, so that it has no id to answer to. */
export type ServerMessage =
  | { readonly type: 'result'; readonly id: number; readonly outcome: Outcome<unknown> }
  | { readonly type: 'event'; readonly event: EventName; readonly payload: unknown }
  | { readonly type: 'problem'; readonly failure: Failure }

/** A message that was read, or why it could not be. */
export type ReadMessage<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly why: string }

/** Every event's name: the compiler demands one entry per event of the contract. */
const EVENTS: Readonly<Record<EventName, true>> = {
  status: true,
  hostStateChanged: true,
  liveProgress: true,
  watchUpdate: true,
  actionProgress: true,
  managerChanged: true,
  logLines: true,
  terminalOutput: true,
  labChanged: true,
}

/** Every failure code, for reading an unknown message. */
const FAILURE_CODES: Readonly<Record<FailureCode, true>> = {
  'bad-params': true,
  'unknown-method': true,
  'unknown-endpoint': true,
  'unknown-name': true,
  'bad-flow': true,
  'engine-unreachable': true,
  'engine-too-old': true,
  'engine-denied': true,
  'probe-failed': true,
  'helper-refused': true,
  'not-managed': true,
  'engine-refused': true,
  'unreadable-file': true,
  cancelled: true,
  disconnected: true,
  internal: true,
}

/** Tells whether `name` is an event of the contract (inherited names such as `toString` are not). */
export function isEventName(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(EVENTS, name)
}

/** Tells whether `name` is an own property of `table`: the allow list of callable methods. */
export function isMethodOf<T extends Readonly<Record<Method, unknown>>>(table: T, name: string): name is Method {
  return Object.hasOwn(table, name)
}

/** Reads a message from a client. Anything that is not exactly one of the known shapes is refused with a reason. */
export function readClientMessage(input: unknown): ReadMessage<ClientMessage> {
  if (!isRecord(input)) return refuse('a message must be an object')
  switch (input.type) {
    case 'call':
      if (!isId(input.id)) return refuse('a call needs a whole number as its id')
      if (typeof input.method !== 'string') return refuse('a call needs a method')
      return { ok: true, message: { type: 'call', id: input.id, method: input.method, params: input.params } }
    case 'cancel':
      if (!isId(input.id)) return refuse('a cancel needs a whole number as its id')
      return { ok: true, message: { type: 'cancel', id: input.id } }
    case 'subscribe':
    case 'unsubscribe':
      if (!isEventName(input.event)) return refuse('there is no such event')
      return { ok: true, message: { type: input.type, event: input.event } }
    default:
      return refuse('there is no such message type')
  }
}

/** Reads a message from a server. The payload of a result or an event is trusted: it came from our own backend. */
export function readServerMessage(input: unknown): ReadMessage<ServerMessage> {
  if (!isRecord(input)) return refuse('a message must be an object')
  switch (input.type) {
    case 'result':
      if (!isId(input.id)) return refuse('a result needs an id')
      if (!isOutcome(input.outcome)) return refuse('a result needs an outcome')
      return { ok: true, message: { type: 'result', id: input.id, outcome: input.outcome } }
    case 'event':
      if (!isEventName(input.event)) return refuse('there is no such event')
      return { ok: true, message: { type: 'event', event: input.event, payload: input.payload } }
    case 'problem':
      if (!isFailure(input.failure)) return refuse('a problem needs a failure')
      return { ok: true, message: { type: 'problem', failure: input.failure } }
    default:
      return refuse('there is no such message type')
  }
}

/** Tells whether a value is an object with named members, neither null nor a list. */
export function isRecord(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

function isId(input: unknown): input is number {
  return Number.isSafeInteger(input) && (input as number) >= 0
}

function isOutcome(input: unknown): input is Outcome<unknown> {
  if (!isRecord(input)) return false
  return input.ok === true ? 'value' in input : input.ok === false && isFailure(input.failure)
}

function isFailure(input: unknown): input is Failure {
  if (!isRecord(input) || typeof input.code !== 'string' || typeof input.message !== 'string') return false
  return Object.hasOwn(FAILURE_CODES, input.code)
}

function refuse(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why }
}
