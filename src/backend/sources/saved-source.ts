import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import type { Failure, Outcome, SourceKind, SourceStatus } from '../../protocol/contract.ts'
import type { Source, SourceChange } from './source.ts'

/** How a source that reads a saved host is told apart. */
export interface SavedHost {
  readonly kind: Extract<SourceKind, 'snapshot' | 'sample'>
  readonly label: string
  read(): Promise<Outcome<HostState>>
}

/** Returns a source over a saved host: it never changes, and names have the answers that were saved with it. */
export function createSavedSource(saved: SavedHost): Source {
  const handlers = new Set<(change: SourceChange) => void>()
  let status: SourceStatus = statusOf(saved, 'connecting', null)
  const become = (next: SourceStatus): void => {
    status = next
    for (const handler of [...handlers]) handler('status')
  }
  let state: HostState | null = null
  const load = async (): Promise<Outcome<HostState>> => {
    if (state !== null) return { ok: true, value: state }
    const outcome = await saved.read()
    if (outcome.ok) state = outcome.value
    become(statusOf(saved, outcome.ok ? 'ready' : 'failed', outcome.ok ? null : outcome.failure))
    return outcome
  }
  return {
    kind: saved.kind,
    status: () => status,
    load,
    resolve: async (namespace, name) => {
      const loaded = await load()
      return loaded.ok ? savedAnswer(loaded.value, namespace, name) : loaded
    },
    watch: async () => {
      const message = `nothing can be sent on a saved host (${saved.label})`
      return { ok: false, failure: { code: 'probe-failed', message, hint: 'a live trace needs a Docker engine' } }
    },
    onChange: (handler) => {
      handlers.add(handler)
      return () => void handlers.delete(handler)
    },
    close: async () => handlers.clear(),
  }
}

function statusOf(saved: SavedHost, phase: SourceStatus['phase'], failure: Failure | null): SourceStatus {
  const problem = failure === null ? null : failure.message
  return { kind: saved.kind, phase, label: saved.label, progress: null, activity: null, problem }
}

function savedAnswer(state: HostState, namespace: string, name: string): Outcome<NameAnswer> {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  const answer = state.names.find((one) => one.namespace === namespace && one.name.toLowerCase() === wanted)
  if (answer !== undefined) return { ok: true, value: answer }
  const place = state.namespaces.find(({ id }) => id === namespace)?.name ?? namespace
  const message = `the saved host does not tell what ${name} means in ${place}`
  const hint = `save it again with \`hopwire snapshot --resolve ${name}\`, or give an IP address`
  return { ok: false, failure: { code: 'unknown-name', message, hint } }
}
