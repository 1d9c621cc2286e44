import type { ConsentGiver } from '../backend/consent/consent.ts'
import { createDockerSource } from '../backend/sources/docker-source.ts'
import { createSandboxSource } from '../backend/sources/sandbox-source.ts'
import { createSnapshotSource } from '../backend/sources/snapshot-source.ts'
import type { Source } from '../backend/sources/source.ts'
import type { HostChoice } from '../backend/open-app-backend.ts'

/**
 * The source of the host that was chosen. Nothing is read before its first load. Without the helper container there are no
 * rules and no routes to predict from, so a command that is to give one answer fails where the helper cannot be had; where
 * the user has refused it (`consent`), the answer rests on what the API tells, and says so.
 */
export function openSource(choice: HostChoice, consent: ConsentGiver): Source {
  switch (choice.kind) {
    case 'default':
      return createDockerSource({ probe: 'required', consent })
    case 'docker-host':
      return createDockerSource({ probe: 'required', consent, dockerHost: choice.url })
    case 'context':
      return createDockerSource({ probe: 'required', consent, context: choice.name })
    case 'snapshot':
      return createSnapshotSource(choice.file)
    case 'sandbox':
      return createSandboxSource(choice.scene)
    default:
      return choice satisfies never
  }
}
