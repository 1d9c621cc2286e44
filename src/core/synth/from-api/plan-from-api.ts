import type { Container, DockerNetwork, Subnet } from '../../host/container.ts'
import type { HostState } from '../../host/host-state.ts'
import { formatValue, toRange } from '../address/ip-range.ts'
import { planDaemon } from '../plan/plan-daemon.ts'
import { OPTION } from '../plan/option-names.ts'
import type { GatewayMode, Plan, PlannedNetwork, PlannedSubnet } from '../plan/plan.ts'
import { type Generation, SCENE_SCHEMA, type Scene } from '../scene/scene.ts'
import { planApiContainer } from './plan-api-container.ts'

/** A card for hosts of which nothing but Docker is known; its addresses are of the range kept for documentation. */
const ASSUMED_CARD = { name: 'eth0', addresses: ['192.0.2.2/24'], routes: [{ to: 'default', via: '192.0.2.1' }] }

const DRIVERS = ['bridge', 'host', 'null', 'macvlan', 'ipvlan'] as const

/** Returns the layout of rules that is nearest to an engine's: 20.10's was kept up to 27. */
export function nearestGeneration(major: number): Generation {
  return major >= 29 ? 29 : major === 28 ? 28 : 20
}

/**
 * Returns what Docker decided on a real host, from what its API tells: subnets, addresses, ports. What it does not tell is
 * as Docker's defaults have it.
 */
export function planFromApi(state: HostState): Plan {
  const scene = sceneOf(state)
  const networks = state.networks.flatMap((network) => planApiNetwork(state.containers, network))
  const byName = (a: PlannedNetwork, b: PlannedNetwork): number =>
    Number(b.isDefaultBridge) - Number(a.isDefaultBridge) || (a.name < b.name ? -1 : 1)
  networks.sort(byName)
  const { generation } = scene.engine
  const containers = state.containers.map((container) => planApiContainer(container, state.containers, networks))
  return { scene, generation, daemon: planDaemon(scene), networks, containers }
}

function sceneOf({ engine, hostname, networks }: HostState): Scene {
  const bridge = networks.find(({ options }) => options['com.docker.network.bridge.default_bridge'] === 'true')
  // Until 25 the option tells that dockerd writes no rules at all.
  const masquerade = bridge?.options[OPTION.masquerade] !== 'false'
  const options = { 'ip-masq': masquerade, icc: bridge?.options[OPTION.icc] !== 'false', ipv6: bridge?.ipv6 ?? false }
  return {
    schema: SCENE_SCHEMA,
    name: hostname,
    engine: { generation: nearestGeneration(engine.generation), options },
    host: { hostname, nics: [ASSUMED_CARD] },
    networks: [],
    containers: [],
  }
}

/** Networks of other drivers (overlay, plugins) are none of those that are known. */
function planApiNetwork(containers: readonly Container[], network: DockerNetwork): readonly PlannedNetwork[] {
  const driver = DRIVERS.find((known) => known === network.driver)
  if (driver === undefined) return []
  const { options } = network
  const bindTo = options[OPTION.bindTo] ?? '0.0.0.0'
  return [
    {
      name: network.name,
      id: network.id,
      driver,
      device: network.bridge ?? options['parent'] ?? null,
      isDefaultBridge: options['com.docker.network.bridge.default_bridge'] === 'true',
      ipv4: planApiSubnet(containers, network, 4),
      ipv6: planApiSubnet(containers, network, 6),
      internal: network.internal,
      attachable: network.attachable,
      icc: options[OPTION.icc] !== 'false',
      masquerade: options[OPTION.masquerade] !== 'false',
      mtu: Number(options[OPTION.mtu] ?? 0),
      bindTo: bindTo === '0.0.0.0' ? null : bindTo,
      trusted: (options[OPTION.trusted] ?? '').split(':').filter((name) => name !== ''),
      options,
      labels: network.labels,
    },
  ]
}

function planApiSubnet(containers: readonly Container[], network: DockerNetwork, family: 4 | 6): PlannedSubnet | null {
  const told = network.subnets.find((subnet) => subnet.family === family)
  if (told === undefined) return null
  const range = toRange(told.prefix)
  const mode = network.options[family === 4 ? OPTION.mode4 : OPTION.mode6] ?? 'nat'
  return {
    family,
    prefix: told.prefix,
    length: range.length,
    gateway: gatewayOf(containers, network, told) ?? formatValue(family, range.first + 1n),
    gatewayTold: told.gateway,
    ipRange: told.ipRange,
    mode: mode as GatewayMode,
    leaveAs: network.options[family === 4 ? OPTION.leaveAs4 : OPTION.leaveAs6] ?? null,
    configured: true,
  }
}

/** Where the network does not tell its gateway, its containers do. */
function gatewayOf(
  containers: readonly Container[],
  { id }: DockerNetwork,
  { family, gateway }: Subnet,
): string | null {
  if (gateway !== null || family === 6) return gateway?.split('/')[0] ?? null
  const endpoints = containers.flatMap((container) => container.endpoints)
  return endpoints.find((endpoint) => endpoint.network === id && endpoint.gateway !== null)?.gateway ?? null
}
