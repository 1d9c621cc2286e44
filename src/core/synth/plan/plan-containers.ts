import type { Refusal } from '../address/refusal.ts'
import { bornAs, containerId } from '../scene/container-id.ts'
import { endpointsOf, isUp } from '../scene/find-in-scene.ts'
import type { Scene, SceneContainer, SceneEndpoint } from '../scene/scene.ts'
import { chooseGateways } from './choose-gateway.ts'
import { devicePrefix, numberDevices } from './name-devices.ts'
import { planBindings } from './plan-bindings.ts'
import { planEndpoint } from './plan-endpoint.ts'
import type { NetworkPlanner } from './plan-networks.ts'
import { HOST_NAMESPACE, type PlannedContainer, type PlannedEndpoint, type PlannedNetwork } from './plan.ts'
import type { PortBook } from './port-book.ts'

export interface ContainerPlanner extends NetworkPlanner {
  readonly networks: ReadonlyMap<string, PlannedNetwork>
  readonly ports: PortBook
}

const FIRST_PID = 1000

/** Plans the containers in the order in which they were started. One that Docker would not start has no namespace. */
export function planContainers(planner: ContainerPlanner): readonly PlannedContainer[] {
  keepAddresses(planner)
  const planned: PlannedContainer[] = []
  planner.scene.containers.forEach((container, index) => {
    planned.push(planOne(planner, container, index, planned))
  })
  return planned
}

/** Whoever runs keeps what it was given, also where one before it in the list gets another address now. */
function keepAddresses({ scene, books }: ContainerPlanner): void {
  for (const container of scene.containers) {
    if (!isUp(container)) continue
    for (const { network } of endpointsOf(container)) {
      const given = scene.memory?.addresses?.[`${container.name} ${network}`] ?? []
      for (const family of [4, 6]) books.get(`${network} ${family}`)?.keep(given)
    }
  }
}

function planOne(
  planner: ContainerPlanner,
  scene: SceneContainer,
  index: number,
  earlier: readonly PlannedContainer[],
): PlannedContainer {
  const id = containerId(planner.scene, scene.name)
  const mode = modeOf(scene)
  const before = planner.refusals.length
  const wanted = scene.state === undefined || scene.state === 'running' || scene.state === 'paused'
  const endpoints = wanted && mode === 'own' ? planEndpoints(planner, scene, `containers[${index}]`) : []
  const { gateway, gatewaySix } = chooseGateways(endpoints)
  const refuse = (message: string): void => void planner.refusals.push({ path: `containers[${index}].ports`, message })
  const outlet = gateway ?? inwardEndpoint(planner.scene, scene.name, endpoints)
  const bindings = outlet === null ? [] : planBindings(planner, scene, { gateway: outlet, gatewaySix }, refuse)
  const running = wanted && planner.refusals.length === before
  return {
    scene,
    id,
    pid: running ? FIRST_PID + index : 0,
    hostname: scene.hostname ?? (mode === 'host' ? (planner.scene.host.hostname ?? 'sandbox') : id.slice(0, 12)),
    running,
    namespace: running ? namespaceOf(planner.scene, scene, mode, earlier) : null,
    resolver: running && hasResolver(planner.scene, scene.name, endpoints),
    mode,
    endpoints: running ? endpoints : [],
    gateway: running ? gateway : null,
    gatewaySix: running ? gatewaySix : null,
    bindings: running ? bindings : [],
  }
}

function inwardEndpoint(
  { memory }: Scene,
  name: string,
  endpoints: readonly PlannedEndpoint[],
): PlannedEndpoint | null {
  if (memory?.inward?.includes(name) !== true) return null
  return [...endpoints].sort((a, b) => (a.network.name < b.network.name ? -1 : 1))[0] ?? null
}

function hasResolver({ memory }: Scene, name: string, endpoints: readonly PlannedEndpoint[]): boolean {
  return endpoints.some(({ network }) => !network.isDefaultBridge) || memory?.resolvers?.includes(name) === true
}

function modeOf({ networkMode }: SceneContainer): PlannedContainer['mode'] {
  if (networkMode === undefined) return 'own'
  return networkMode === 'host' ? 'host' : networkMode === 'none' ? 'none' : 'shared'
}

function namespaceOf(
  whole: Scene,
  { name, networkMode = '' }: SceneContainer,
  mode: PlannedContainer['mode'],
  earlier: readonly PlannedContainer[],
): string | null {
  switch (mode) {
    case 'host':
      return HOST_NAMESPACE
    case 'shared': {
      const inside = whole.memory?.inside?.[name]
      if (inside !== undefined) return `container:${bornAs(whole, inside)}`
      return earlier.find(({ scene }) => `container:${scene.name}` === networkMode)?.namespace ?? null
    }
    case 'own':
    case 'none':
      return `container:${bornAs(whole, name)}`
    default:
      return mode satisfies never
  }
}

function planEndpoints(planner: ContainerPlanner, scene: SceneContainer, path: string): readonly PlannedEndpoint[] {
  const asked: readonly SceneEndpoint[] =
    scene.networks === undefined || scene.networks.length === 0 ? [{ network: 'bridge' }] : scene.networks
  const numbers = numberDevices(
    planner.scene,
    scene.name,
    asked.map(({ network: name }) => {
      const network = planner.networks.get(name)
      return { name, prefix: network === undefined ? 'eth' : devicePrefix(network) }
    }),
  )
  return asked.flatMap((endpoint, index) => {
    const network = planner.networks.get(endpoint.network)
    // A network that was refused has its own refusal.
    if (network === undefined) return []
    const refuse = (message: string, atCreate: boolean): null => {
      const told = { path: `${path}.networks[${index}]`, message }
      const refusal: Refusal = atCreate ? { ...told, atCreate } : told
      planner.refusals.push(refusal)
      return null
    }
    const planned = planEndpoint(planner, scene.name, endpoint, network, numbers[index] ?? index, refuse)
    return planned === null ? [] : [planned]
  })
}
