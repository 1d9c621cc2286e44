import { planScene } from '../plan/plan-scene.ts'
import { withoutPreface } from '../plan/words.ts'
import { PREDEFINED } from './check-references.ts'
import {
  forgetLeft,
  hostsAfterLeaving,
  knowsByName,
  leaveNamespace,
  rememberGone,
  rememberLeft,
  rememberMode,
  rememberTried,
  renameInMemory,
  turnInward,
} from './edit-memory.ts'
import {
  activeEndpoints,
  findConnectProblem,
  findDisconnectProblem,
  findStartProblem,
  nameTaken,
} from './edit-words.ts'
import { endpointsOf, findContainer, isUp } from './find-in-scene.ts'
import type { Scene, SceneContainer, SceneEndpoint, SceneMemory, SceneNetwork } from './scene.ts'
import { type EditedScene, refuse, remembered, settle } from './settle-scene.ts'
import { attachInOrder, writeHosts } from './start-container.ts'

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

/** `docker network rm`. Containers that do not run are not in its way. */
export function removeNetwork(scene: Scene, name: string): EditedScene {
  if ((PREDEFINED as readonly string[]).includes(name))
    return refuse(`${name} is a pre-defined network and cannot be removed`)
  if (!scene.networks.some((network) => network.name === name)) return refuse(`network ${name} not found`)
  const active = scene.containers.filter((one) => isUp(one) && endpointsOf(one).some(({ network }) => network === name))
  if (active.length > 0) return refuse(activeEndpoints(scene, name, active))
  return settle(withoutNetwork(remembered(scene), name))
}

/** Containers that do not run refer to it still, and cannot be started any more. */
function withoutNetwork(scene: Scene, name: string): Scene {
  const attached = scene.containers.filter(
    (one) => endpointsOf(one).some(({ network }) => network === name) && !knowsByName(scene, one, name),
  )
  const modes = attached.reduce((memory, one) => rememberLeft(scene, memory, one, name), scene.memory ?? {})
  return {
    ...scene,
    memory: rememberGone(modes, attached, name),
    networks: scene.networks.filter((network) => network.name !== name),
    containers: scene.containers.map((one) => (attached.includes(one) ? withoutEndpoint(one, name) : one)),
  }
}

/** `docker network prune`. */
export function pruneNetworks(scene: Scene): EditedScene {
  return settle(listUnusedNetworks(scene).reduce(withoutNetwork, remembered(scene)))
}

/** Returns the networks that `docker network prune` removes: a container that is stopped holds none (moby:daemon/prune.go). */
export function listUnusedNetworks(scene: Scene): readonly string[] {
  const used = new Set(scene.containers.filter(isUp).flatMap((one) => endpointsOf(one).map(({ network }) => network)))
  return scene.networks.flatMap(({ name }) => (used.has(name) ? [] : [name]))
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
      : one.networkMode === shared && scene.memory?.gone?.[one.name] === undefined
        ? { ...one, networkMode: `container:${to}` }
        : one,
  )
  const { memory = {} } = remembered(scene)
  return settle({ ...scene, containers, memory: renameInMemory(scene, memory, name, to) })
}

/** `docker rm -f`. */
export function removeContainer(scene: Scene, name: string): EditedScene {
  if (findContainer(scene, name) === undefined) return refuse(`No such container: ${name}`)
  const before = remembered(scene)
  const containers = scene.containers.filter((container) => container.name !== name)
  const joined = `container:${name}`
  const joining = containers.filter((one) => one.networkMode === joined && !isGone(scene, one.name, joined))
  const memory = rememberGone(leaveNamespace(before.memory, containers, name), joining, joined)
  return settle({ ...before, memory, containers })
}

function isGone({ memory }: Scene, name: string, what: string): boolean {
  return memory?.gone?.[name]?.includes(what) === true
}

/** `docker stop`, `start`, `pause` and `unpause`: who starts takes part in the giving of addresses anew. */
export function setContainerState(scene: Scene, name: string, state: 'running' | 'paused' | 'exited'): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  const changed: SceneContainer = { ...container, state }
  if (!isUp(container) && isUp(changed)) return start(scene, container, changed)
  const before = remembered(scene)
  const memory = isUp(changed) ? before.memory : leaveNamespace(before.memory, scene.containers, name)
  const containers = replaced(scene, changed)
  return settle({ ...before, ...(memory === undefined ? {} : { memory }), containers })
}

function start(scene: Scene, container: SceneContainer, changed: SceneContainer): EditedScene {
  const problem = findStartProblem(scene, container)
  if (problem !== null) return refuse(problem)
  const others = scene.containers.filter((one) => one !== container)
  const settled = settle(attachInOrder({ ...remembered(scene), containers: [...others, changed] }, changed.name))
  return settled.ok ? { ok: true, scene: writeHosts(settled.scene, changed.name) } : settled
}

/** `docker restart`: it stops, and starts as the last one. Where it cannot start again it is left stopped. */
export function restartContainer(scene: Scene, name: string, state: 'running' | 'exited'): EditedScene {
  const stopped = setContainerState(scene, name, 'exited')
  if (!stopped.ok || state === 'exited') return stopped
  const started = setContainerState(stopped.scene, name, 'running')
  if (started.ok) return started
  const was = findContainer(scene, name)
  const left = was !== undefined && isUp(was) ? { left: stopped.scene } : {}
  return { ...refuse(`Cannot restart container ${name}: ${started.message}`), ...left }
}

/** `docker network connect`. */
export function connectContainer(scene: Scene, name: string, endpoint: SceneEndpoint): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  const problem = findConnectProblem(scene, container, endpoint.network)
  if (problem !== null) return refuse(problem)
  const { networkMode, networks = [], ...bare } = container
  const before = remembered(scene)
  // That the default bridge was not asked for by name is not to be told from the list any more.
  const isUsual = networkMode === undefined && networks.length === 0
  const edited = settle({
    ...before,
    memory: rememberTried(
      isUsual ? rememberMode(scene, before.memory, container) : before.memory,
      name,
      endpoint.network,
    ),
    containers: replaced(scene, { ...bare, networks: [...endpointsOf(container), endpoint] }),
  })
  return edited.ok ? edited : refuse(withoutPreface(edited.message))
}

/** `docker network disconnect`. A container without any network has a loopback device only, and may get another network. */
export function disconnectContainer(scene: Scene, name: string, network: string): EditedScene {
  const container = findContainer(scene, name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  const problem = findDisconnectProblem(scene, container, network)
  if (problem !== null) return refuse(problem)
  const before = remembered(scene)
  const memory = forgetLeft(rememberLeft(scene, before.memory, container, network), name, network)
  const left = scene.engine.generation === 20 && isUp(container) ? leaveOld(memory, before, name, network) : memory
  return settle({ ...before, memory: left, containers: replaced(scene, withoutEndpoint(container, network)) })
}

/** What only 20.10 makes of a disconnect. */
function leaveOld(memory: SceneMemory, before: Scene, name: string, network: string): SceneMemory {
  const { plan } = planScene(before)
  const hosts = { ...memory.hosts, [name]: hostsAfterLeaving(plan, name, network) }
  return turnInward({ ...memory, hosts }, plan, name, network)
}

function withoutEndpoint(container: SceneContainer, name: string): SceneContainer {
  const endpoints = endpointsOf(container)
  const left = endpoints.filter(({ network }) => network !== name)
  const had = left.length < endpoints.length || container.networkMode === name
  if (!had) return container
  return left.length === 0 ? { ...container, networkMode: 'none', networks: [] } : { ...container, networks: left }
}

function replaced({ containers }: Scene, changed: SceneContainer): readonly SceneContainer[] {
  return containers.map((container) => (container.name === changed.name ? changed : container))
}
