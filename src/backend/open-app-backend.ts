import type { Failure, Outcome } from '../protocol/contract.ts'
import { readVersion } from './package-root.ts'
import { type BackendService, createService } from './service.ts'
import type { Source } from './sources/source.ts'

/** Which host is meant. `default` is DOCKER_HOST, the current Docker context or the usual socket. */
export type HostChoice =
  | { readonly kind: 'default' }
  | { readonly kind: 'docker-host'; readonly url: string }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'snapshot'; readonly file: string }

/** Opens the backend of the desktop app. */
export async function openAppBackend(_choice: HostChoice): Promise<Outcome<BackendService>> {
  const failure: Failure = { code: 'engine-unreachable', message: 'no source yet' }
  const source: Source = {
    kind: 'docker',
    status: () => ({
      kind: 'docker',
      phase: 'failed',
      label: 'x',
      progress: null,
      activity: null,
      problem: 'no source yet',
    }),
    load: async () => ({ ok: false, failure }),
    resolve: async () => ({ ok: false, failure }),
    onChange: () => () => {},
    close: async () => {},
  }
  return { ok: true, value: createService({ source, version: readVersion() }) }
}
