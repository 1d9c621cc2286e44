import type { NoteBook } from './notes.ts'
import type { ComposeService } from './project.ts'

/** The names of each service's containers, by the service's name. */
export type ContainerNames = ReadonlyMap<string, readonly string[]>

/** Names containers as compose does: PROJECT-SERVICE-NUMBER from 1 on, or `container_name`. A name given twice is a problem. */
export function nameContainers(
  project: string,
  services: readonly ComposeService[],
  separator: '-' | '_',
  taken: readonly string[],
  notes: NoteBook,
): ContainerNames {
  const names = new Map<string, readonly string[]>()
  const owners = new Map<string, string>(taken.map((name) => [name, 'a container that is there already']))
  for (const service of services) {
    const { name, containerName, scale } = service
    if (containerName !== null && scale > 1)
      notes.problem(
        `service "${name}" has a container_name, so it cannot have ${scale} containers`,
        containerName.place,
      )
    const own = Array.from({ length: scale }, (_, index) =>
      containerName === null ? [project, name, index + 1].join(separator) : containerName.text,
    )
    for (const one of new Set(own)) {
      const owner = owners.get(one)
      if (owner !== undefined)
        notes.problem(`the container name "${one}" is in use by ${owner}`, containerName?.place ?? service.place)
      owners.set(one, `service "${name}"`)
    }
    names.set(name, own)
  }
  return names
}
