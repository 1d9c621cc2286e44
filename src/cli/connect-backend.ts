import { readVersion } from '../backend/package-root.ts'
import { createService, type ServiceOptions } from '../backend/service.ts'
import type { Source } from '../backend/sources/source.ts'
import { NOTHING_TO_LISTEN_TO } from '../backend/watch/own-traffic.ts'
import { connect, type Client } from '../protocol/connect.ts'
import { createPortPair } from '../protocol/memory-port.ts'
import { serve } from '../protocol/serve.ts'

/**
 * A client of the backend in this process, over the protocol's memory port: what the app gets over its transports is
 * what is printed here. Closing the source ends what the service started.
 */
export function connectBackend(
  source: Source,
  reading: ServiceOptions['reading'],
  changes: 'ignored' | 'followed' = 'ignored',
): Client {
  const shown = changes === 'followed' ? source : withoutStateChanges(source)
  const service = createService({ source: shown, version: readVersion(), reading })
  const [near, far] = createPortPair()
  serve(far, service)
  return connect(near)
}

/** One command speaks of one state of the host, also when a container starts between two of its flows. */
function withoutStateChanges(source: Source): Source {
  return {
    kind: source.kind,
    status: () => source.status(),
    load: (signal) => source.load(signal),
    resolve: (namespaceId, name, signal) => source.resolve(namespaceId, name, signal),
    watch: (plan, onPhase, signal) => source.watch(plan, onPhase, signal),
    listen: async (plan, onTraffic, signal) => source.listen?.(plan, onTraffic, signal) ?? NOTHING_TO_LISTEN_TO,
    ownTraffic: () => source.ownTraffic?.() ?? [],
    session: () => source.session?.() ?? null,
    onChange: (handler) =>
      source.onChange((change) => {
        if (change === 'status') handler(change)
      }),
    close: () => source.close(),
  }
}
