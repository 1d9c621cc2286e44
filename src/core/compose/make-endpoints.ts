import type { SceneEndpoint } from '../synth/scene/scene.ts'
import type { ContainerNames } from './name-containers.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeService } from './project.ts'

/** What containers are attached to and may refer to. */
export interface Surroundings {
  readonly project: string
  readonly separator: '-' | '_'
  /** Docker's names of networks, by key. */
  readonly networks: ReadonlyMap<string, string>
  readonly containers: ContainerNames
  /** Names of all containers: those of the project and those that were there. */
  readonly known: ReadonlySet<string>
}

/**
 * Returns a container's places in its networks: the one of highest priority first, then by the key
 * (compose-go:types/types.go NetworksByPriority). The service's name is an alias in each.
 */
export function makeEndpoints(
  service: ComposeService,
  number: number,
  around: Surroundings,
  notes: NoteBook,
): readonly SceneEndpoint[] {
  const links = makeLinks(service, number, around, notes)
  const sorted = [...service.networks].sort(
    (a, b) => b.priority - a.priority || (a.network < b.network ? -1 : a.network > b.network ? 1 : 0),
  )
  return sorted.map((asked, index) => {
    const network = around.networks.get(asked.network) ?? asked.network
    const mac = asked.mac ?? (index === 0 ? service.mac?.text : undefined)
    if (index === 0 && asked.mac !== null && service.mac !== null && asked.mac !== service.mac.text)
      notes.problem(`mac_address of the service and of network "${asked.network}" differ`, service.mac.place)
    const aliases = network === 'bridge' ? [] : [...new Set([service.name, ...asked.aliases])]
    return {
      network,
      ...(aliases.length === 0 ? {} : { aliases }),
      ...(asked.ipv4 === null ? {} : { ipv4: asked.ipv4 }),
      ...(asked.ipv6 === null ? {} : { ipv6: asked.ipv6 }),
      ...(mac === undefined ? {} : { mac }),
      ...(asked.gatewayPriority === 0 ? {} : { priority: asked.gatewayPriority }),
      ...(links.length === 0 ? {} : { links }),
    }
  })
}

/** docker/compose:pkg/compose/convergence.go getLinks: three names a container, numbered as the one that links is. */
function makeLinks(
  { links, externalLinks }: ComposeService,
  number: number,
  { project, separator, containers, known }: Surroundings,
  notes: NoteBook,
): readonly string[] {
  const own = links.flatMap(({ target, alias }) =>
    (containers.get(target) ?? []).flatMap((container) =>
      [alias, [target, number].join(separator), [project, target, number].join(separator)].map(
        (name) => `${container}:${name}`,
      ),
    ),
  )
  const others = externalLinks.flatMap(({ target, alias, place }) => {
    if (known.has(target)) return [`${target}:${alias}`]
    notes.warn(`there is no container "${target}": the link is left out, and Docker would not start this one`, place)
    return []
  })
  return [...own, ...others]
}
