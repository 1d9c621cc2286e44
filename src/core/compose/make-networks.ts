import type { Scene, SceneNetwork } from '../synth/scene/scene.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeNetwork, ComposeProject } from './project.ts'

/** Docker's own: they cannot be created, only be named as external ones. */
const PREDEFINED = ['bridge', 'host', 'none']

export interface MadeNetworks {
  /** All of the scene: those that were there, then the project's. */
  readonly networks: readonly SceneNetwork[]
  /** Docker's name of a network, by its key under `networks:`. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Returns the networks that compose would create, behind those that are there. An external one that is not there is
 * assumed, and said so: compose would refuse to start without it.
 */
export function makeNetworks(project: ComposeProject, base: Scene, notes: NoteBook): MadeNetworks {
  const there = new Set([...PREDEFINED, ...base.networks.map(({ name }) => name)])
  const assumed: SceneNetwork[] = []
  const created: SceneNetwork[] = []
  for (const network of project.networks) {
    const { name, place, key } = network
    const twin = project.networks.find((other) => other.name === name)
    if (twin !== undefined && twin !== network) {
      notes.problem(
        `networks.${key} and networks.${twin.key} are both named "${name}": compose wants one of them`,
        place,
      )
      continue
    }
    if (there.has(name)) {
      if (!network.external)
        notes.warn(
          `a network "${name}" is there already: compose uses it as it is (networks.${key} is not looked at)`,
          place,
        )
      continue
    }
    there.add(name)
    if (network.external) {
      notes.warn(`"${name}" must exist before: assumed to be a bridge network with a subnet of Docker's choice`, place)
      assumed.push({ name })
    } else created.push(describe(network, project.name))
  }
  noteOrder(project, created, notes)
  return {
    networks: [...base.networks, ...assumed, ...created],
    names: new Map(project.networks.map(({ key, name }) => [key, name])),
  }
}

function describe(network: ComposeNetwork, project: string): SceneNetwork {
  const { name, driver, subnets, ipv4, ipv6, internal, attachable, options, labels, key } = network
  return {
    name,
    ...(driver === 'bridge' ? {} : { driver }),
    ...(subnets.length === 0 ? {} : { subnets }),
    ...(ipv4 === null ? {} : { ipv4 }),
    ...(ipv6 === null ? {} : { ipv6 }),
    ...(internal ? { internal } : {}),
    ...(attachable ? { attachable } : {}),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    labels: { ...labels, 'com.docker.compose.network': key, 'com.docker.compose.project': project },
  }
}

/** Compose creates networks in the order of a Go map: none (docker/compose:pkg/compose/create.go ensureNetworks). */
function noteOrder(project: ComposeProject, created: readonly SceneNetwork[], notes: NoteBook): void {
  const free = created.filter(({ subnets }) => subnets === undefined).map(({ name }) => name)
  if (free.length < 2) return
  const list = free.join(', ')
  notes.warn(
    `compose creates ${list} in no fixed order, so which gets which subnet is not fixed: here as written (ipam fixes it)`,
    project.networks.find(({ name }) => name === free[1])?.place ?? project.place,
  )
}
