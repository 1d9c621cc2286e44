import type { Outcome } from '../protocol/contract.ts'
import type { ConsentGiver } from './consent/consent.ts'
import { keptConsent } from './consent/kept-consent.ts'
import { type EndpointChoice, resolveEndpoint } from './docker/endpoint.ts'
import { createFallBackSource } from './fall-back-source.ts'
import { readVersion } from './package-root.ts'
import { type BackendService, createService } from './service.ts'
import type { HelperAnswer } from './settings/settings.ts'
import { openSettingsFile } from './settings/settings-file.ts'
import { createDockerSource } from './sources/docker-source.ts'
import { createSampleSource } from './sources/sample-source.ts'
import { createSandboxSource } from './sources/sandbox-source.ts'
import { createSnapshotSource } from './sources/snapshot-source.ts'
import type { Source } from './sources/source.ts'

/** Which host is meant. `default` is DOCKER_HOST, the current Docker context or the usual socket. */
export type HostChoice =
  | { readonly kind: 'default' }
  | { readonly kind: 'docker-host'; readonly url: string }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'snapshot'; readonly file: string }
  /** A scene's file, or the name of one that comes with Hopwire. */
  | { readonly kind: 'sandbox'; readonly scene: string }

/**
 * Opens the backend of the app, for both shells. An engine that cannot be reached is no failure here: the sample host is
 * shown until it can. What the user has named wrongly is one: a snapshot that cannot be read, a context that is not there.
 * `helper` is what the command line says about the privileged helper; null leaves it to what was answered before, and to
 * the app to ask.
 */
export async function openAppBackend(
  choice: HostChoice,
  helper: HelperAnswer | null,
): Promise<Outcome<BackendService>> {
  const source = await openAppSource(choice, keptConsent(openSettingsFile(), helper))
  return source.ok
    ? { ok: true, value: createService({ source: source.value, version: readVersion(), reading: 'fresh' }) }
    : source
}

async function openAppSource(choice: HostChoice, consent: ConsentGiver): Promise<Outcome<Source>> {
  switch (choice.kind) {
    case 'default':
      return { ok: true, value: openEngine({ consent }) }
    case 'docker-host':
      return openNamedEngine({ dockerHost: choice.url, consent })
    case 'context':
      return openNamedEngine({ context: choice.name, consent })
    case 'snapshot':
      return openReadable(createSnapshotSource(choice.file))
    case 'sandbox':
      return openReadable(createSandboxSource(choice.scene))
    default:
      return choice satisfies never
  }
}

/** A file that the user has named and that cannot be read is the user's to correct. */
async function openReadable(source: Source): Promise<Outcome<Source>> {
  const read = await source.load()
  return read.ok ? { ok: true, value: source } : read
}

type EngineChoice = EndpointChoice & { readonly consent: ConsentGiver }

function openNamedEngine(choice: EngineChoice): Outcome<Source> {
  const endpoint = resolveEndpoint(choice)
  return endpoint.ok ? { ok: true, value: openEngine(choice) } : endpoint
}

function openEngine(choice: EngineChoice): Source {
  return createFallBackSource(createDockerSource({ ...choice, probe: 'optional' }), createSampleSource())
}
