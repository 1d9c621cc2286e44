import { joinedContainer } from '../host/joined-container.ts'
import type { Container, DockerNetwork, Endpoint, Subnet } from '../host/container.ts'
import type { EngineInfo } from '../host/host-state.ts'
import { formatPortAsked } from '../host/port-asked.ts'
import { digestHex } from './digest.ts'
import { type PortSpec, parsePortSpec } from './scene/port-spec.ts'
import type { Generation, SceneEndpoint } from './scene/scene.ts'
import { askedMode } from './scene/find-in-scene.ts'
import { listFound, listJoined } from './scene/tried-networks.ts'
import { containerHosts, containerResolvConf } from './namespace/resolver-files.ts'
import type { Plan, PlannedContainer, PlannedEndpoint, PlannedNetwork, PlannedSubnet } from './plan/plan.ts'

const VERSIONS: Readonly<Record<Generation, { readonly version: string; readonly apiVersion: string }>> = {
  20: { version: '20.10.24', apiVersion: '1.41' },
  28: { version: '28.5.2', apiVersion: '1.51' },
  29: { version: '29.0.0', apiVersion: '1.52' },
}

export function describeEngine({ scene, generation, daemon }: Plan): EngineInfo {
  if (scene.engine.installed === false)
    return { name: 'none', version: '', apiVersion: '', generation: 0, rootless: false, userlandProxy: null }
  return { name: 'sandbox', ...VERSIONS[generation], generation, rootless: false, userlandProxy: daemon.userlandProxy }
}

/** Returns the networks as Docker's API tells them, by name. */
export function describeNetworks(plan: Plan): readonly DockerNetwork[] {
  return plan.networks.map((network) => describeNetwork(plan, network)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function describeNetwork({ generation }: Plan, network: PlannedNetwork): DockerNetwork {
  const all = [network.ipv4, network.ipv6].filter((subnet) => subnet !== null)
  // Since 26 what was asked for is told before what Docker chose.
  const rank = ({ configured }: PlannedSubnet): number => (generation === 20 ? 0 : Number(!configured))
  const subnets = [...all].sort((a, b) => rank(a) - rank(b))
  return {
    id: network.id,
    name: network.name,
    driver: network.driver,
    scope: 'local',
    internal: network.internal,
    attachable: network.attachable,
    ingress: false,
    ipv6: network.ipv6 !== null,
    subnets: subnets.map(describeSubnet),
    options: network.options,
    labels: network.labels,
    bridge: network.driver === 'bridge' ? network.device : null,
  }
}

function describeSubnet({ family, prefix, gatewayTold, ipRange }: PlannedSubnet): Subnet {
  return { family, prefix, gateway: gatewayTold, ipRange }
}

/** Returns the containers as Docker's API tells them, by name. */
export function describeContainers(plan: Plan): readonly Container[] {
  return plan.containers.map((one) => describeContainer(plan, one)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function describeContainer(plan: Plan, container: PlannedContainer): Container {
  const { scene, id, pid, namespace, running } = container
  const owner = sharedWith(plan, container)
  const host = owner.running || !running ? owner : leftBehind(plan, container, owner)
  return {
    id,
    name: scene.name,
    image: scene.image ?? 'busybox:latest',
    state: running ? (scene.state ?? 'running') : scene.state === 'created' ? 'created' : 'exited',
    pid,
    hostname: owner.hostname,
    networkMode: networkModeOf(plan, container),
    namespace,
    endpoints: describeEndpoints(plan, container),
    published: publishedPorts(container),
    exposed: exposedPorts(container),
    labels: scene.labels ?? {},
    resolvConf: running ? containerResolvConf(plan, host) : null,
    hosts: running ? containerHosts(plan, host) : null,
    ...(scene.dns === undefined || scene.dns.length === 0 ? {} : { dns: scene.dns }),
    ...(running || (scene.ports ?? []).length === 0 ? {} : { asked: askedPorts(scene.ports ?? []) }),
  }
}

/** Returns the container whose network one joined, which may have joined one itself; else itself. */
function sharedWith(plan: Plan, container: PlannedContainer): PlannedContainer {
  const { name, networkMode } = container.scene
  const owner = joinedContainer(networkMode)
  // It gets the host name of the other one when it starts.
  if (owner === null || container.mode !== 'shared' || container.scene.state === 'created') return container
  const isGone = plan.scene.memory?.gone?.[name] !== undefined
  const joined = plan.containers.find((other) => other.scene.name === owner)
  if (!isGone && joined !== undefined) return sharedWith(plan, joined)
  return { ...container, hostname: digestHex(`container ${owner}`, 12) }
}

/** Whose network has gone with its owner has the owner's files still, as they were left. */
function leftBehind({ containers }: Plan, { namespace }: PlannedContainer, owner: PlannedContainer): PlannedContainer {
  return { ...owner, resolver: containers.some((one) => one.namespace === namespace && one.resolver) }
}

/** By container port, as the keys of a JSON object are; of two ways out, those of IPv4 are told first. */
function publishedPorts({ bindings, gateway, gatewaySix }: PlannedContainer): Container['published'] {
  const isSplit = gatewaySix !== null && gateway !== gatewaySix
  const rank = ({ hostAddress }: Container['published'][number]): number => Number(isSplit && hostAddress.includes(':'))
  const key = ({ containerPort, protocol }: Container['published'][number]): string => `${containerPort}/${protocol}`
  return bindings
    .map(({ protocol, port, hostAddress, hostPort }) => ({ protocol, containerPort: port, hostAddress, hostPort }))
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : rank(a) - rank(b)))
}

/** By container port, as the keys of a JSON object are. */
function askedPorts(ports: readonly string[]): readonly string[] {
  const key = ({ containerPort, protocol }: PortSpec): string => `${containerPort}/${protocol}`
  return ports
    .flatMap((text) => parsePortSpec(text) ?? [])
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
    .map((spec) => formatPortAsked(spec.hostAddress ?? '', spec.hostPort === 0 ? '' : String(spec.hostPort), key(spec)))
}

/** `-p` exposes what it publishes, wherever that leads. */
function exposedPorts({ scene }: PlannedContainer): readonly string[] {
  const published = (scene.ports ?? []).flatMap((text) => parsePortSpec(text) ?? [])
  const exposed = published.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)
  return [...new Set([...exposed, ...(scene.exposes ?? [])])].sort()
}

function networkModeOf({ containers, scene: whole }: Plan, { scene }: PlannedContainer): string {
  const made = whole.memory?.modes?.[scene.name]
  if (made !== undefined) return made
  const shared = joinedContainer(scene.networkMode)
  const joined = containers.find((other) => other.scene.name === shared)
  if (shared !== null && (joined === undefined || whole.memory?.gone?.[scene.name] !== undefined))
    return `container:${digestHex(`container ${shared}`, 64)}`
  if (joined !== undefined) return `container:${joined.id}`
  return askedMode(whole, scene)
}

/** One that does not run keeps its attachments; one that never did has not got them yet. */
function describeEndpoints(plan: Plan, container: PlannedContainer): readonly Endpoint[] {
  const { scene, mode, running } = container
  const tried = plan.scene.memory?.tried?.[scene.name] ?? []
  const hasStarted = scene.state !== 'created'
  const bare = (network: PlannedNetwork | undefined, aliases: readonly string[], asked = ''): Endpoint => ({
    network: network !== undefined && (hasStarted || listJoined(tried).includes(network.name)) ? network.id : '',
    networkName: network?.name ?? asked,
    ipv4: null,
    ipv6: null,
    gateway: null,
    mac: null,
    aliases,
  })
  const named = (name: string): PlannedNetwork | undefined => plan.networks.find((network) => network.name === name)
  // One that was disconnected from all its networks has none, not the one called none.
  if (mode === 'shared') return []
  const gone = (plan.scene.memory?.gone?.[scene.name] ?? []).map(
    (networkName): Endpoint => ({
      ...bare(undefined, aliasesOf(plan, container, { network: networkName })),
      network: digestHex(`network ${networkName}`, 64),
      networkName,
    }),
  )
  if (mode === 'none' && scene.networks !== undefined) return gone
  if (mode === 'host' || mode === 'none') return [bare(named(mode), [])]
  const asked = scene.networks ?? [{ network: 'bridge' }]
  const described = running
    ? container.endpoints.map((endpoint) => describeEndpoint(plan, container, endpoint))
    : asked.map((one) => {
        // Names are given once the network is found.
        const hasNames = hasStarted || listFound(tried).includes(one.network)
        return bare(named(one.network), hasNames ? aliasesOf(plan, container, one) : [], one.network)
      })
  return [...described, ...gone].sort((a, b) => (a.networkName < b.networkName ? -1 : 1))
}

function aliasesOf({ generation, scene }: Plan, container: PlannedContainer, asked: SceneEndpoint): readonly string[] {
  if (asked.network === 'bridge' && scene.memory?.named?.includes(container.scene.name) !== true) return []
  const short = container.id.slice(0, 12)
  const own = generation === 20 ? [short] : [container.scene.name, short]
  return [...new Set([...(asked.aliases ?? []), ...own, container.hostname])]
}

function describeEndpoint(plan: Plan, container: PlannedContainer, endpoint: PlannedEndpoint): Endpoint {
  const { network, asked, ipv4, ipv6, mac } = endpoint
  // Links of the default bridge belong to the container, not to the attachment.
  const links = network.isDefaultBridge ? [] : (asked.links ?? [])
  return {
    network: network.id,
    networkName: network.name,
    ipv4,
    ipv6,
    gateway: network.internal && plan.generation !== 20 ? null : (network.ipv4?.gateway ?? null),
    mac,
    aliases: aliasesOf(plan, container, asked),
    ...(links.length === 0 ? {} : { links }),
  }
}
