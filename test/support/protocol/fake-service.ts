import type { CancelSignal } from '../../../src/protocol/cancel-signal.ts'
import type { EventName, Events, SourceStatus } from '../../../src/protocol/contract.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { refuseWatches } from './refuse-watches.ts'

export const READY: SourceStatus = {
  kind: 'sandbox',
  phase: 'ready',
  label: 'a test',
  progress: null,
  activity: null,
  problem: null,
}

/** A service whose answers the suite steers: `trace` waits until it is released, and tells what reached it. */
export interface FakeService extends Service {
  emit<E extends EventName>(event: E, payload: Events[E]): void
  /** Endpoints `from` of all traces that were started, in order. */
  readonly started: string[]
  /** Those whose signal fired. */
  readonly cancelled: string[]
  /** How many handlers an event has. */
  subscribers(event: EventName): number
}

/**
 * Returns a service that answers `hello`, fails `refresh` with a value, throws in `hostState`, and traces by the name of
 * the flow's `from`: `wait` never ends by itself, `slow` and anything else ends after one and no macrotask.
 */
export function createFakeService(): FakeService {
  const handlers = new Map<EventName, Set<(payload: never) => void>>()
  const started: string[] = []
  const cancelled: string[] = []
  return {
    started,
    cancelled,
    methods: {
      ...refuseWatches,
      hello: async () => ({ ok: true, value: { version: '1.2.3', status: READY } }),
      hostState: async () => {
        throw new Error('the roof is on fire')
      },
      refresh: async () => ({
        ok: false,
        failure: { code: 'engine-denied', message: 'no access', hint: 'join the group', at: '/run/docker.sock' },
      }),
      answerConsent: async ({ answer }) => ({
        ok: false,
        failure: { code: 'bad-params', message: `nobody asked, and the answer is ${answer}` },
      }),
      trace: async ({ flow }, { signal }) => {
        started.push(flow.from)
        signal.addEventListener('abort', () => cancelled.push(flow.from))
        if (flow.from.startsWith('wait')) await fired(signal)
        if (flow.from.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 20))
        return { ok: false, failure: { code: 'unknown-endpoint', message: `no ${flow.from}` } }
      },
      liveTrace: async ({ flow, probe }) => ({
        ok: false,
        failure: { code: 'probe-failed', message: `nobody sends ${probe} from ${flow.from}` },
      }),
    },
    subscribe(event, handler) {
      const set = handlers.get(event) ?? new Set()
      handlers.set(event, set.add(handler))
      return () => void set.delete(handler)
    },
    emit: (event, payload) => handlers.get(event)?.forEach((handler) => handler(payload as never)),
    subscribers: (event) => handlers.get(event)?.size ?? 0,
  }
}

function fired(signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}
