import type { Client } from '../../../src/protocol/connect.ts'
import type { EventName, Events, Failure } from '../../../src/protocol/contract.ts'

/** A client whose other side a test plays: what was called, and events as the test makes them up. */
export interface ConsoleDouble {
  readonly client: Client
  readonly calls: readonly (readonly [string, Record<string, unknown>])[]
  /** What the next opening fails with. */
  refuse: Failure | null
  /** Until it is called, openings wait. */
  hold(): () => void
  tell<E extends EventName>(event: E, payload: Events[E]): void
}

/** Returns such a client; logs and terminals are called `stream-1` and so on. */
export function createConsoleDouble(): ConsoleDouble {
  const calls: (readonly [string, Record<string, unknown>])[] = []
  const handlers = new Map<string, Set<(payload: never) => void>>()
  let count = 0
  let gate: Promise<void> = Promise.resolve()
  const call = async (method: string, params: Record<string, unknown>) => {
    calls.push([method, params])
    if (method !== 'openLogs' && method !== 'openTerminal') return { ok: true, value: {} }
    await gate
    if (double.refuse !== null) return { ok: false, failure: double.refuse }
    count += 1
    return { ok: true, value: { id: `stream-${count}` } }
  }
  const on = (event: string, handler: (payload: never) => void) => {
    const set = handlers.get(event) ?? new Set()
    handlers.set(event, set.add(handler))
    return () => void set.delete(handler)
  }
  const double: ConsoleDouble = {
    client: { call, on, onClose: () => undefined, close: () => undefined } as unknown as Client,
    calls,
    refuse: null,
    hold: () => {
      let open = (): void => undefined
      gate = new Promise((resolve) => (open = resolve))
      return open
    },
    tell: (event, payload) => {
      for (const handler of handlers.get(event) ?? []) handler(payload as never)
    },
  }
  return double
}
