import { planScene } from '../plan/plan-scene.ts'
import type { PlannedNetwork } from '../plan/plan.ts'
import { ownAddresses, rememberMode } from './edit-memory.ts'
import { endpointsOf, findContainer } from './find-in-scene.ts'
import type { Scene, SceneContainer, SceneEndpoint } from './scene.ts'

/**
 * Returns a scene in which a container that starts has its networks in the order of its devices: 20.10 names them in the
 * order in which they are ways out (libnetwork/sandbox.go, endpoint.go Less). Since 28 there is no order
 * (moby:daemon/container_operations.go allocateNetwork ranges over a map): here it is as it was.
 */
export function attachInOrder(scene: Scene, name: string): Scene {
  const container = findContainer(scene, name)
  if (scene.engine.generation !== 20 || container?.networks === undefined) return scene
  const { networks } = planScene(scene).plan
  const byName = new Map<string, PlannedNetwork>(networks.map((network) => [network.name, network]))
  const sorted = sortEndpoints(container.networks, byName)
  const [first] = endpointsOf(container)
  const memory = first === undefined ? scene.memory : rememberMode(scene, scene.memory ?? {}, container)
  const changed: SceneContainer = { ...container, networks: sorted }
  const containers = scene.containers.map((one) => (one === container ? changed : one))
  return { ...scene, containers, ...(memory === undefined || sorted[0] === first ? {} : { memory }) }
}

/**
 * 20.10 writes the addresses into /etc/hosts as it attaches them, whatever the devices are called: to the default bridge
 * first, then as a map has them.
 */
export function writeHosts(scene: Scene, name: string): Scene {
  if (scene.engine.generation !== 20) return scene
  const container = planScene(scene).plan.containers.find((one) => one.scene.name === name)
  if (container === undefined || container.endpoints.length < 2) return scene
  const { endpoints } = container
  const isBridge = (one: (typeof endpoints)[number]): boolean => one.network.isDefaultBridge
  const sorted = [...endpoints.filter(isBridge), ...endpoints.filter((one) => !isBridge(one))]
  const hosts = { ...scene.memory?.hosts, [name]: ownAddresses({ ...container, endpoints: sorted }) }
  return { ...scene, memory: { ...scene.memory, hosts } }
}

function sortEndpoints(
  endpoints: readonly SceneEndpoint[],
  networks: ReadonlyMap<string, PlannedNetwork>,
): readonly SceneEndpoint[] {
  const rank = ({ network, priority = 0 }: SceneEndpoint): readonly [number, number, number] => {
    const { internal = false, ipv4 = null, ipv6 = null } = networks.get(network) ?? {}
    return [Number(internal), -priority, -[ipv4, ipv6].filter((subnet) => subnet !== null).length]
  }
  return [...endpoints].sort((one, other) => {
    const [a, b] = [rank(one), rank(other)]
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || (one.network < other.network ? -1 : 1)
  })
}
