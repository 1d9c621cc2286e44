import type { CancelSignal } from './cancel-signal.ts'
import type { EventName, Events, Method, Outcome, Params, ResultOf } from './contract.ts'

/** What a method is given beside its parameters. `signal` fires when the client cancels the call or goes away. */
export interface CallContext {
  readonly signal: CancelSignal
  /** Fires when the client is gone, also after the call: what it opened is closed then. Absent where there is no connection. */
  readonly gone?: CancelSignal
}

/** The backend's side of the contract: the compiler demands an implementation of every method. */
export interface Service {
  readonly methods: {
    readonly [M in Method]: (params: Params<M>, context: CallContext) => Promise<Outcome<ResultOf<M>>>
  }
  /** Calls the handler on every such event until the returned function is called. */
  subscribe<E extends EventName>(event: E, handler: (payload: Events[E]) => void): () => void
}
