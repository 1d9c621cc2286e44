import { createService } from '../../src/backend/service.ts'
import type { OnTraffic, TrafficPlan } from '../../src/backend/watch/traffic-plan.ts'
import type { TrafficKind } from '../../src/core/parse/live/traffic-stream.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { WatchUpdate } from '../../src/core/watch/watch.ts'
import { type Client, connect } from '../../src/protocol/connect.ts'
import { createPortPair } from '../../src/protocol/memory-port.ts'
import { serve } from '../../src/protocol/serve.ts'
import { createScriptedSource, readStandardHost } from './scripted-source.ts'

/** One listening, whose tools the test plays. */
export interface PlayedListener {
  readonly plan: TrafficPlan
  readonly signal: AbortSignal
  say(kind: TrafficKind, bytes?: Uint8Array | string, place?: number): void
}

/** Returns a backend over the protocol whose source is alive as far as the test plays it. */
export function playBackend(state: HostState = readStandardHost()) {
  const listeners: PlayedListener[] = []
  const scripted = createScriptedSource('docker', state)
  const listen = (plan: TrafficPlan, onTraffic: OnTraffic, signal: AbortSignal) => {
    const say: PlayedListener['say'] = (kind, bytes = '', place = 0) =>
      onTraffic({ kind, place, bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes })
    listeners.push({ plan, signal, say })
    return new Promise<{ ok: true; value: Record<string, never> }>((resolve) => {
      const end = () => resolve({ ok: true, value: {} })
      if (signal.aborted) end()
      else signal.addEventListener('abort', end)
    })
  }
  const source = Object.assign(scripted, { listen })
  const service = createService({ source, version: '1.2.3', reading: 'fresh' })
  const [near, far] = createPortPair()
  serve(far, service)
  const client: Client = connect(near)
  const updates: WatchUpdate[] = []
  client.on('watchUpdate', (update) => updates.push(update))
  const until = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return {
    client,
    service,
    source,
    updates,
    listeners,
    until,
    /** The listener that was started at that turn. */
    listener: (turn = 0) => until(() => listeners[turn]),
  }
}
