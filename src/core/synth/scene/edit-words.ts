import { joinedContainer } from '../../host/joined-container.ts'
import { digestHex } from '../digest.ts'
import { type AskedProblem, findAskedProblem } from '../plan/find-asked-problem.ts'
import { whileSettingUp } from '../plan/words.ts'
import { containerId } from './container-id.ts'
import { endpointsOf, findContainer, hasNetwork, isUp } from './find-in-scene.ts'
import type { Scene, SceneContainer } from './scene.ts'

/** Returns that a name is in use (moby:daemon/errors.go nameConflictError). */
export function nameTaken(scene: Scene, name: string): string {
  const id = containerId(scene, name)
  return `Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`
}

/**
 * Returns why a container would not be created, or null: what does not go with the network of another container
 * (moby:runconfig/hostconfig.go validateNetContainerMode).
 */
export function findCreateProblem(container: SceneContainer): string | null {
  const { networkMode, hostname, dns = [], extraHosts = [], ports = [], exposes = [] } = container
  if (joinedContainer(networkMode) === null) return null
  if (hostname !== undefined) return 'conflicting options: hostname and the network mode'
  if (dns.length > 0) return 'conflicting options: dns and the network mode'
  if (extraHosts.length > 0) return 'conflicting options: custom host-to-IP mapping and the network mode'
  if (ports.length > 0) return 'conflicting options: port publishing and the container type network mode'
  return exposes.length > 0 ? 'conflicting options: port exposing and the container type network mode' : null
}

/** Returns why a container would not get what it asks for of `host` or `none`, which have nothing to give; null where it asks nothing. */
export function findModeProblem({ engine }: Scene, { networkMode, networks }: SceneContainer): AskedProblem | null {
  const [first] = networks ?? []
  if (first === undefined || (networkMode !== 'host' && networkMode !== 'none')) return null
  const place = { name: networkMode, isUserDefined: false, written: { 4: null, 6: null } }
  return findAskedProblem(engine.generation, first, place)
}

/**
 * Returns why a new container would not be started, or null: a network or a container is not there, or does not run. `first`
 * tells whether that is so at `docker run` already; a further network is missed when it is connected.
 */
export function findFirstStartProblem(
  scene: Scene,
  container: SceneContainer,
): { readonly message: string; readonly first: boolean } | null {
  const joined = joinedContainer(container.networkMode)
  if (joined !== null) {
    const message = findOwnerProblem(scene, joined)
    return message === null ? null : { message, first: true }
  }
  const missing = endpointsOf(container).findIndex(({ network }) => !hasNetwork(scene, network))
  if (missing < 0) return null
  return { message: networkMissing(scene, endpointsOf(container)[missing]?.network ?? ''), first: missing === 0 }
}

function networkMissing({ engine }: Scene, network: string): string {
  return whileSettingUp(engine.generation, `network ${network} not found`)
}

/** Returns why a container that was stopped would not be started, or null: what it refers to is gone, or does not run. */
export function findStartProblem(scene: Scene, container: SceneContainer): string | null {
  const { name, networkMode } = container
  const asked = findModeProblem(scene, container)
  if (asked !== null) return asked.message
  const [gone] = scene.memory?.gone?.[name] ?? []
  const owner = joinedContainer(networkMode)
  if (gone !== undefined && gone !== networkMode) return networkMissing(scene, digestHex(`network ${gone}`, 64))
  if (owner === null) return findFirstStartProblem(scene, container)?.message ?? null
  // Who was not there yet when it was made is known by its name.
  const told = scene.memory?.modes?.[name] === networkMode ? owner : undefined
  return gone === undefined ? findOwnerProblem(scene, owner, told) : noOwner(scene, digestHex(`container ${owner}`, 64))
}

function noOwner({ engine }: Scene, id: string): string {
  return `${engine.generation === 20 ? '' : 'joining network namespace of container: '}No such container: ${id}`
}

function findOwnerProblem(scene: Scene, joined: string, told = containerId(scene, joined)): string | null {
  const other = findContainer(scene, joined)
  const old = scene.engine.generation === 20
  if (other === undefined) return noOwner(scene, joined)
  if (isUp(other)) return null
  return old
    ? `cannot join network of a non running container: ${told}`
    : `cannot join network namespace of a non running container: container ${joined} is ${other.state ?? 'exited'}`
}

/**
 * Returns why a container would not be connected to a network, or null (moby:daemon/container_operations.go
 * updateNetworkSettings). One that has been disconnected from all its networks may be.
 */
export function findConnectProblem(scene: Scene, container: SceneContainer, network: string): string | null {
  const { name, networkMode, networks } = container
  if (joinedContainer(networkMode) !== null) return SHARED
  if (network === 'host' && networkMode !== 'host') return hostRefusal(scene)
  if (!hasNetwork(scene, network)) return `network ${network} not found`
  if (networkMode === 'host') return SHARED
  const none = networkMode === 'none' && networks?.length !== 0
  if (none || network === 'none')
    return 'container cannot be connected to multiple networks with one of the networks in private (none) mode'
  return endpointsOf(container).some((one) => one.network === network)
    ? `endpoint with name ${name} already exists in network ${network}`
    : null
}

/** Returns why a container would not be disconnected from a network, or null. */
export function findDisconnectProblem(scene: Scene, container: SceneContainer, network: string): string | null {
  const { networkMode } = container
  const id = containerId(scene, container.name)
  if (!hasNetwork(scene, network)) return `network ${network} not found`
  if (networkMode === 'host' && network === 'host')
    return scene.engine.generation === 20
      ? hostRefusal(scene)
      : 'cannot disconnect container from host network - container was created in host network mode'
  if (networkMode === 'none' && network === 'none' && container.networks?.length !== 0) return null
  if (endpointsOf(container).some((one) => one.network === network)) return null
  return `container ${id} is not connected to ${isUp(container) ? '' : 'the '}network ${network}`
}

const SHARED =
  'container sharing network namespace with another container or host cannot be connected to any other network'

/** Returns that a network has running containers (moby:libnetwork/error.go ActiveEndpointsError). */
export function activeEndpoints({ engine }: Scene, name: string, active: readonly SceneContainer[]): string {
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
