import type { Generation, SceneEndpoint, SceneNetwork } from '../synth/scene/scene.ts'
import type { ContainerNames } from './name-containers.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeService, ServiceNetwork } from './project.ts'

/** What containers are attached to and may refer to. */
export interface Surroundings {
  readonly project: string
  readonly separator: '-' | '_'
  readonly generation: Generation
  /** Docker's names of networks, by key. */
  readonly networks: ReadonlyMap<string, string>
  /** All networks of the scene, by Docker's name. */
  readonly shapes: ReadonlyMap<string, SceneNetwork>
  readonly containers: ContainerNames
  /** Names of all containers: those of the project and those that were there. */
  readonly known: ReadonlySet<string>
}

/** Docker's own networks; a container in one of them cannot have an alias, and compose always gives one. */
const PREDEFINED = ['bridge', 'host', 'none']

/**
 * Returns a container's places in its networks, in the order of its devices: Docker 20.10 makes that of the default route
 * eth0, the internal ones last (libnetwork/endpoint.go Less, measured); later ones have no order. The service's name is an
 * alias in each network.
 */
export function makeEndpoints(
  service: ComposeService,
  number: number,
  around: Surroundings,
  notes: NoteBook,
): readonly SceneEndpoint[] {
  const links = makeLinks(service, number, around, notes)
  const main = mainNetwork(service)
  if (main !== undefined && main.mac !== null && service.mac !== null && main.mac !== service.mac.text)
    notes.problem(`mac_address of the service and of network "${main.network}" differ`, service.mac.place)
  return sortByDevice(service.networks, around).map((asked) => {
    const network = around.networks.get(asked.network) ?? asked.network
    const mac = asked.mac ?? (asked === main ? service.mac?.text : undefined)
    if (PREDEFINED.includes(network))
      notes.problem(
        `Docker takes no aliases in network "${network}": write network_mode: ${network} instead`,
        asked.place,
      )
    return {
      network,
      aliases: [...new Set([service.name, ...asked.aliases])],
      ...(asked.ipv4 === null ? {} : { ipv4: asked.ipv4 }),
      ...(asked.ipv6 === null ? {} : { ipv6: asked.ipv6 }),
      ...(mac === undefined ? {} : { mac }),
      ...(asked.gatewayPriority === 0 ? {} : { priority: asked.gatewayPriority }),
      ...(links.length === 0 ? {} : { links }),
    }
  })
}

/** The one that the container is created in: of the highest priority, then the first by key (compose-go NetworksByPriority). */
function mainNetwork({ networks }: ComposeService): ServiceNetwork | undefined {
  return [...networks].sort((a, b) => b.priority - a.priority || compare(a.network, b.network))[0]
}

function sortByDevice(
  networks: readonly ServiceNetwork[],
  { networks: names, shapes }: Surroundings,
): readonly ServiceNetwork[] {
  const rank = (one: ServiceNetwork): readonly [number, number, number, string] => {
    const name = names.get(one.network) ?? one.network
    const shape = shapes.get(name)
    return [shape?.internal === true ? 1 : 0, -one.gatewayPriority, shape?.ipv6 === true ? 0 : 1, name]
  }
  return [...networks].sort((one, other) => {
    const [a, b] = [rank(one), rank(other)]
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || compare(a[3], b[3])
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
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
    notes.warn(`there is no container "${target}": the name "${alias}" of external_links leads nowhere`, place)
    return []
  })
  return [...own, ...others]
}
