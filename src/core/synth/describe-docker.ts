import type { Container, DockerNetwork, Endpoint, Subnet } from '../host/container.ts'
import type { EngineInfo } from '../host/host-state.ts'
import type { Generation } from './scene/scene.ts'
import { containerHosts, containerResolvConf } from './namespace/resolver-files.ts'
import type { Plan, PlannedContainer, PlannedEndpoint, PlannedNetwork, PlannedSubnet } from './plan/plan.ts'

const VERSIONS: Readonly<Record<Generation, { readonly version: string; readonly apiVersion: string }>> = {
  20: { version: '20.10.24', apiVersion: '1.41' },
  28: { version: '28.5.2', apiVersion: '1.51' },
  29: { version: '29.0.0', apiVersion: '1.52' },
}

export function describeEngine({ generation, daemon }: Plan): EngineInfo {
  return { name: 'sandbox', ...VERSIONS[generation], generation, rootless: false, userlandProxy: daemon.userlandProxy }
}

/** Returns the networks as Docker's API tells them, by name. */
export function describeNetworks(plan: Plan): readonly DockerNetwork[] {
  return plan.networks.map((network) => describeNetwork(plan, network)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function describeNetwork({ generation, scene }: Plan, network: PlannedNetwork): DockerNetwork {
  const bip = scene.engine.options?.bip
  const subnets = [network.ipv4, network.ipv6].filter((subnet) => subnet !== null).map(describeSubnet)
  // 20.10 does not tell the address that it chose for docker0 itself.
  const silent = network.isDefaultBridge && generation === 20 && bip === undefined
  return {
    id: network.id,
    name: network.name,
    driver: network.driver,
    scope: 'local',
    internal: network.internal,
    attachable: network.attachable,
    ingress: false,
    ipv6: network.ipv6 !== null,
    subnets: silent ? subnets.map((subnet) => ({ ...subnet, gateway: null })) : subnets,
    options: network.options,
    labels: network.labels,
    bridge: network.driver === 'bridge' ? network.device : null,
  }
}

function describeSubnet({ family, prefix, gateway, ipRange }: PlannedSubnet): Subnet {
  return { family, prefix, gateway, ipRange }
}

/** Returns the containers as Docker's API tells them, by name. */
export function describeContainers(plan: Plan): readonly Container[] {
  return plan.containers.map((one) => describeContainer(plan, one)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function describeContainer(plan: Plan, container: PlannedContainer): Container {
  const { scene, id, pid, hostname, namespace, running } = container
  const exposed = [...container.bindings.map(({ port, protocol }) => `${port}/${protocol}`), ...(scene.exposes ?? [])]
  const inNamespace = running && container.mode !== 'none'
  return {
    id,
    name: scene.name,
    image: scene.image ?? 'busybox:latest',
    state: running ? (scene.state ?? 'running') : scene.state === 'created' ? 'created' : 'exited',
    pid,
    hostname,
    networkMode: networkModeOf(plan, container),
    namespace,
    endpoints: container.endpoints.map((endpoint) => describeEndpoint(plan, container, endpoint)),
    published: container.bindings.map(({ protocol, port, hostAddress, hostPort }) => ({
      protocol,
      containerPort: port,
      hostAddress,
      hostPort,
    })),
    exposed: [...new Set(exposed)],
    labels: scene.labels ?? {},
    resolvConf: inNamespace ? containerResolvConf(plan, container) : null,
    hosts: inNamespace ? containerHosts(plan, container) : null,
    ...(scene.dns === undefined || scene.dns.length === 0 ? {} : { dns: scene.dns }),
  }
}

function networkModeOf({ generation }: Plan, { scene }: PlannedContainer): string {
  const first = scene.networks?.[0]?.network ?? 'bridge'
  return scene.networkMode ?? (first === 'bridge' && generation === 20 ? 'default' : first)
}

function describeEndpoint({ generation }: Plan, container: PlannedContainer, endpoint: PlannedEndpoint): Endpoint {
  const { network, asked, ipv4, ipv6, mac } = endpoint
  const short = container.id.slice(0, 12)
  const own =
    generation === 20 ? [...(asked.aliases ?? []), short] : [...(asked.aliases ?? []), container.scene.name, short]
  const links = asked.links ?? []
  return {
    network: network.id,
    networkName: network.name,
    ipv4,
    ipv6,
    gateway: network.internal && generation !== 20 ? null : (network.ipv4?.gateway ?? null),
    mac,
    aliases: network.isDefaultBridge ? [] : [...new Set(own)],
    ...(links.length === 0 ? {} : { links }),
  }
}
