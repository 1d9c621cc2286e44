import { digestHex } from '../digest.ts'
import { planScene } from '../plan/plan-scene.ts'
import { PREDEFINED } from './check-references.ts'
import { bornAs, containerId, freeBirthName } from './container-id.ts'
import type { Scene, SceneContainer, SceneEndpoint, SceneMemory, SceneNetwork } from './scene.ts'

/** The scene after an edit, or why Docker would refuse it, in its own words. */
export type EditedScene =
  | { readonly ok: true; readonly scene: Scene }
  | { readonly ok: false; readonly message: string }

/**
 * Edits of a scene as Docker would do them: what is there keeps its subnets, addresses and ports; what goes frees them for
 * what comes. Each returns a new scene, so that going back is to keep the old one. A container that starts comes last.
 */

/** `docker network create`. */
export function addNetwork(scene: Scene, network: SceneNetwork): EditedScene {
  if ([...PREDEFINED, ...scene.networks.map(({ name }) => name)].some((name) => name === network.name)) {
    const predefined = (PREDEFINED as readonly string[]).includes(network.name)
    return refuse(
      predefined
        ? `operation is not permitted on predefined ${network.name} network`
        : `network with name ${network.name} already exists`,
    )
  }
  return settle({ ...remembered(scene), networks: [...scene.networks, network] })
}

/** `docker network rm`. Containers that do not run are left with a network that is gone, and are not in its way. */
export function removeNetwork(scene: Scene, name: string): EditedScene {
  if ((PREDEFINED as readonly string[]).includes(name))
    return refuse(`${name} is a pre-defined network and cannot be removed`)
  if (!scene.networks.some((network) => network.name === name)) return refuse(`network ${name} not found`)
  const active = scene.containers.filter((one) => isUp(one) && endpointsOf(one).some(({ network }) => network === name))
  if (active.length > 0) return refuse(activeEndpoints(scene, name, active))
  const containers = scene.containers.map((container) => withoutEndpoint(container, name))
  return settle({
    ...remembered(scene),
    networks: scene.networks.filter((network) => network.name !== name),
    containers,
  })
}

/** `docker network prune`: those that no container has, running or not (moby:daemon/prune.go localNetworksPrune). */
export function pruneNetworks(scene: Scene): EditedScene {
  const unused = listUnusedNetworks(scene)
  const networks = scene.networks.filter(({ name }) => !unused.includes(name))
  return settle({ ...remembered(scene), networks })
}

/** Returns the names of the networks that `docker network prune` removes. One of the container's that is stopped is used. */
export function listUnusedNetworks(scene: Scene): readonly string[] {
  const used = new Set(scene.containers.flatMap((one) => endpointsOf(one).map(({ network }) => network)))
  return scene.networks.flatMap(({ name }) => (used.has(name) ? [] : [name]))
}

/** `docker run`. */
export function runContainer(scene: Scene, container: SceneContainer): EditedScene {
  if (findContainer(scene, container.name) !== undefined) return refuse(nameTaken(scene, container.name))
  const problem = missingPart(scene, container)
  if (problem !== null) return refuse(problem)
  const before = remembered(scene)
  const birth = freeBirthName(scene, container.name)
  const born = birth === container.name ? before.memory?.born : { ...before.memory?.born, [container.name]: birth }
  const memory = born === undefined ? before.memory : { ...before.memory, born }
  return settle({
    ...before,
    ...(memory === undefined ? {} : { memory }),
    containers: [...scene.containers, container],
  })
}

/** `docker rename` (moby:daemon/rename.go): all that it has stays, also the id and the host name that is made of it. */
export function renameContainer(scene: Scene, name: string, to: string): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  if (name === to) return refuse('Renaming a container with the same name as its current name')
  if (findContainer(scene, to) !== undefined) return refuse(`Error when allocating new name: ${nameTaken(scene, to)}`)
  const shared = `container:${name}`
  const containers = scene.containers.map((one) =>
    one === container
      ? { ...one, name: to }
      : one.networkMode === shared
        ? { ...one, networkMode: `container:${to}` }
        : one,
  )
  const { memory } = remembered(scene)
  return settle({ ...scene, containers, memory: renamed(memory ?? {}, name, to, bornAs(scene, name)) })
}

/** `docker rm -f`. */
export function removeContainer(scene: Scene, name: string): EditedScene {
  if (findContainer(scene, name) === undefined) return refuse(`No such container: ${name}`)
  return settle({ ...remembered(scene), containers: scene.containers.filter((container) => container.name !== name) })
}

/** `docker stop`, `start`, `pause` and `unpause`: who starts takes part in the giving of addresses anew. */
export function setContainerState(scene: Scene, name: string, state: 'running' | 'paused' | 'exited'): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  const changed: SceneContainer = { ...container, state }
  const others = scene.containers.filter((one) => one !== container)
  const starts = !isUp(container) && isUp(changed)
  const containers = starts ? [...others, changed] : scene.containers.map((one) => (one === container ? changed : one))
  return settle({ ...remembered(scene), containers })
}

/** `docker restart`: it stops, and starts as the last one. */
export function restartContainer(scene: Scene, name: string, state: 'running' | 'exited'): EditedScene {
  const stopped = setContainerState(scene, name, 'exited')
  return stopped.ok && state === 'running' ? setContainerState(stopped.scene, name, 'running') : stopped
}

/** `docker network connect`. */
export function connectContainer(scene: Scene, name: string, endpoint: SceneEndpoint): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  if (endpoint.network === 'host') return refuse(hostRefusal(scene))
  if (!hasNetwork(scene, endpoint.network)) return refuse(`network ${endpoint.network} not found`)
  const endpoints = endpointsOf(container)
  if (endpoints.some(({ network }) => network === endpoint.network))
    return refuse(`endpoint with name ${name} already exists in network ${endpoint.network}`)
  return settle({
    ...remembered(scene),
    containers: replaced(scene, { ...container, networks: [...endpoints, endpoint] }),
  })
}

/** `docker network disconnect`. A container without any network is as one of `none`. */
export function disconnectContainer(scene: Scene, name: string, network: string): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  if (!endpointsOf(container).some((endpoint) => endpoint.network === network)) {
    const id = containerId(scene, name)
    return refuse(`container ${id} is not connected to network ${network}`)
  }
  return settle({ ...remembered(scene), containers: replaced(scene, withoutEndpoint(container, network)) })
}

/** Returns the scene with all that Docker decided written down; refuses it where Docker would. */
function settle(scene: Scene): EditedScene {
  const { memory, refusals } = planScene(scene)
  const [refusal] = refusals
  return refusal === undefined ? { ok: true, scene: { ...scene, memory } } : refuse(refusal.message)
}

/** What was given before the edit is kept, also where the scene was written by hand and has no memory yet. */
function remembered(scene: Scene): Scene {
  const memory: SceneMemory = planScene(scene).memory
  return { ...scene, memory }
}

function nameTaken(scene: Scene, name: string): string {
  const id = containerId(scene, name)
  return `Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`
}

/** A network or a container that one wants to join, and that is not there or does not run. */
function missingPart(scene: Scene, container: SceneContainer): string | null {
  const missing = endpointsOf(container).find(({ network }) => !hasNetwork(scene, network))
  if (missing !== undefined) return `network ${missing.network} not found`
  const { networkMode = '' } = container
  if (!networkMode.startsWith('container:')) return null
  const joined = networkMode.slice('container:'.length)
  const other = findContainer(scene, joined)
  if (other === undefined) return `No such container: ${joined}`
  return isUp(other) ? null : `cannot join network of a non running container: ${containerId(scene, joined)}`
}

function renamed(memory: SceneMemory, name: string, to: string, birth: string): SceneMemory {
  const { [name]: _old, ...born } = memory.born ?? {}
  const addresses = Object.entries(memory.addresses ?? {}).map(([key, value]) => {
    const cut = key.indexOf(' ')
    return [key.slice(0, cut) === name ? `${to}${key.slice(cut)}` : key, value] as const
  })
  const ports = Object.entries(memory.ports ?? {}).map(([key, value]) => [key === name ? to : key, value] as const)
  return {
    ...memory,
    addresses: Object.fromEntries(addresses),
    ports: Object.fromEntries(ports),
    born: birth === to ? born : { ...born, [to]: birth },
  }
}

function refuse(message: string): EditedScene {
  return { ok: false, message }
}

function findContainer(scene: Scene, name: string): SceneContainer | undefined {
  return scene.containers.find((container) => container.name === name)
}

function hasNetwork({ networks }: Scene, name: string): boolean {
  return (PREDEFINED as readonly string[]).includes(name) || networks.some((network) => network.name === name)
}

function isUp({ state }: SceneContainer): boolean {
  return state === undefined || state === 'running' || state === 'paused'
}

/** Without any, a container is on the default bridge; one with a network mode has none of its own. */
function endpointsOf({ networks, networkMode }: SceneContainer): readonly SceneEndpoint[] {
  if (networkMode !== undefined) return []
  return networks === undefined || networks.length === 0 ? [{ network: 'bridge' }] : networks
}

function withoutEndpoint(container: SceneContainer, name: string): SceneContainer {
  const endpoints = endpointsOf(container)
  const left = endpoints.filter(({ network }) => network !== name)
  if (left.length === endpoints.length) return container
  const { networks: _networks, ...bare } = container
  return left.length === 0 ? { ...bare, networkMode: 'none' } : { ...container, networks: left }
}

function replaced({ containers }: Scene, changed: SceneContainer): readonly SceneContainer[] {
  return containers.map((container) => (container.name === changed.name ? changed : container))
}

function activeEndpoints({ engine }: Scene, name: string, active: readonly SceneContainer[]): string {
  const id = digestHex(`network ${name}`, 64)
  if (engine.generation === 20) return `error while removing network: network ${name} id ${id} has active endpoints`
  const listed = active.map((one) => `name:"${one.name}" id:"${digestHex(`endpoint ${one.name} ${name}`, 12)}"`)
  return `error while removing network: network ${name} has active endpoints (${listed.join(', ')})`
}

function hostRefusal({ engine }: Scene): string {
  return engine.generation === 20
    ? 'container cannot be disconnected from host network or connected to host network'
    : 'cannot connect container to host network - container must be created in host network mode'
}
