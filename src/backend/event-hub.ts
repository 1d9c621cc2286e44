import type { EventName, Events } from '../protocol/contract.ts'
import type { Service } from '../protocol/service.ts'

type Handlers = { readonly [E in EventName]: Set<(payload: Events[E]) => void> }

/** Who listens to what the service tells. */
export interface EventHub extends Pick<Service, 'subscribe'> {
  emit<E extends EventName>(event: E, payload: Events[E]): void
  /** Tells whether anybody listens to an event. */
  isHeard(event: EventName): boolean
}

/** Returns a hub that nobody listens to yet. */
export function createEventHub(): EventHub {
  const handlers: Handlers = {
    status: new Set(),
    hostStateChanged: new Set(),
    liveProgress: new Set(),
    watchUpdate: new Set(),
    actionProgress: new Set(),
    managerChanged: new Set(),
    logLines: new Set(),
    terminalOutput: new Set(),
    labChanged: new Set(),
  }
  const handlersOf = <E extends EventName>(event: E): Set<(payload: Events[E]) => void> => handlers[event]
  return {
    emit: (event, payload) => {
      for (const handler of [...handlersOf(event)]) handler(payload)
    },
    isHeard: (event) => handlers[event].size > 0,
    subscribe: (event, handler) => {
      // One handler may listen twice, and leaves once for each.
      const entry: typeof handler = (payload) => handler(payload)
      handlersOf(event).add(entry)
      return () => void handlersOf(event).delete(entry)
    },
  }
}
