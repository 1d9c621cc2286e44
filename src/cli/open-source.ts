import { createDockerSource } from '../backend/sources/docker-source.ts'
import { createSnapshotSource } from '../backend/sources/snapshot-source.ts'
import type { Source } from '../backend/sources/source.ts'
import type { HostChoice } from '../backend/open-app-backend.ts'

/**
 * The source of the host that was chosen. Nothing is read before its first load. Without the helper container there are no
 * rules and no routes to predict from, so a command that is to give one answer fails where the helper cannot be had.
 */
export function openSource(choice: HostChoice): Source {
  switch (choice.kind) {
    case 'default':
      return createDockerSource({ probe: 'required' })
    case 'docker-host':
      return createDockerSource({ probe: 'required', dockerHost: choice.url })
    case 'context':
      return createDockerSource({ probe: 'required', context: choice.name })
    case 'snapshot':
      return createSnapshotSource(choice.file)
    default:
      return choice satisfies never
  }
}
