import { parseListen } from '../scene/port-spec.ts'
import type { Scene, SceneMemory } from '../scene/scene.ts'
import { listDefaultSubnets } from '../address/default-pools.ts'
import { type IpRange, toRange } from '../address/ip-range.ts'
import type { Refusal } from '../address/refusal.ts'
import { SubnetBook } from '../address/subnet-book.ts'
import { planContainers } from './plan-containers.ts'
import { planDaemon } from './plan-daemon.ts'
import { planBareNetwork, planDefaultBridge } from './plan-default-bridge.ts'
import { type NetworkPlanner, planNetwork } from './plan-networks.ts'
import type { PlannedNetwork, Plan } from './plan.ts'
import { PortBook, type PortBookOptions } from './port-book.ts'
import { remember } from './remember.ts'

/** The plan of all that Docker would have made, and what it would have refused, in its own words. */
export interface PlannedScene {
  readonly plan: Plan
  /** What the engine remembers from then on. */
  readonly memory: SceneMemory
  readonly refusals: readonly Refusal[]
}

/**
 * Decides what Docker decides by itself: subnets, addresses, ids, host ports. A network or a container that it would
 * refuse is left out of the plan and is in the refusals.
 */
export function planScene(scene: Scene): PlannedScene {
  const daemon = planDaemon(scene)
  if (scene.engine.installed === false) return planWithoutDocker(scene)
  const { generation, options } = scene.engine
  const hostname = scene.host.hostname ?? 'sandbox'
  const planner: NetworkPlanner = {
    scene,
    daemon,
    subnets: new SubnetBook({
      generation,
      defaults: listDefaultSubnets(generation, options?.['default-address-pools'], hostname),
      reserved: hostRanges(scene),
      next: scene.memory?.nextSubnet ?? 0,
    }),
    books: new Map(),
    refusals: [],
    planned: [],
  }
  const bridge = planDefaultBridge(planner)
  if (bridge !== null) planner.planned.push(bridge)
  const own = scene.networks.map((network, index) => planNetwork(planner, network, `networks[${index}]`))
  const networks = [bridge, ...own, planBareNetwork('host'), planBareNetwork('none')].filter((one) => one !== null)
  const ports = new PortBook({ generation, userlandProxy: daemon.userlandProxy, isListening: hostListener(scene) })
  const byName = new Map<string, PlannedNetwork>(networks.map((network) => [network.name, network]))
  const containers = planContainers({ ...planner, networks: byName, ports })
  const plan = { scene, generation, daemon, networks, containers }
  return { plan, memory: remember(plan, planner.subnets.next), refusals: planner.refusals }
}

/** What the command line says on a host without Docker (cli: client/errors.go). */
const NO_DAEMON = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'

function planWithoutDocker(scene: Scene): PlannedScene {
  const daemon = { ...planDaemon(scene), iptables: false, ip6tables: false, ipForward: false, masquerade: false }
  const plan = { scene, generation: scene.engine.generation, daemon, networks: [], containers: [] }
  const asked = [
    ...scene.networks.map((_, index) => `networks[${index}]`),
    ...scene.containers.map((_, index) => `containers[${index}]`),
  ]
  return { plan, memory: {}, refusals: asked.map((path) => ({ path, message: NO_DAEMON })) }
}

/** What the host's routes lead to, apart from the default route (moby:libnetwork/netutils InferReservedNetworks). */
function hostRanges({ host }: Scene): readonly IpRange[] {
  return host.nics.flatMap(({ addresses, routes = [] }) => [
    ...addresses.map(toRange),
    ...routes.flatMap(({ to }) => (to === 'default' ? [] : [toRange(to)])),
  ])
}

function hostListener({ host }: Scene): PortBookOptions['isListening'] {
  const listens = (host.listens ?? []).flatMap((text) => parseListen(text) ?? [])
  return (protocol, address, port) =>
    listens.some((socket) => {
      if (socket.protocol !== protocol || socket.port !== port) return false
      if (socket.address === null || socket.address === address) return true
      const isSix = address.includes(':')
      if (isSix !== socket.address.includes(':')) return false
      const any = isSix ? '::' : '0.0.0.0'
      return address === any || socket.address === any
    })
}
