import { canonicalAddress } from '../../../src/core/net/address.ts'
import type { Scene, SceneContainer } from '../../../src/core/synth/scene/scene.ts'

/** What a project comes to, as far as it bears on networking, in one form for `docker compose config` and for a scene. */
export interface ComposeFacts {
  readonly project: string
  readonly networks: Readonly<Record<string, unknown>>
  readonly services: Readonly<Record<string, unknown>>
}

interface ConfigSubnet {
  readonly subnet?: string
  readonly gateway?: string
  readonly ip_range?: string
  readonly aux_addresses?: Readonly<Record<string, string>>
}

interface ConfigNetwork {
  readonly name: string
  readonly external?: boolean
  readonly driver?: string
  readonly internal?: boolean
  readonly attachable?: boolean
  readonly enable_ipv6?: boolean
  readonly driver_opts?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly ipam?: { readonly config?: readonly ConfigSubnet[] }
}

interface ConfigEndpoint {
  readonly aliases?: readonly string[]
  readonly ipv4_address?: string
  readonly ipv6_address?: string
  readonly mac_address?: string
  readonly priority?: number
  readonly gw_priority?: number
}

interface ConfigPort {
  readonly host_ip?: string
  readonly published?: string
  readonly target: number
  readonly protocol: string
}

interface ConfigService {
  readonly image?: string
  readonly scale?: number
  readonly deploy?: { readonly replicas?: number }
  readonly container_name?: string
  readonly hostname?: string
  readonly network_mode?: string
  readonly mac_address?: string
  readonly networks?: Readonly<Record<string, ConfigEndpoint | null>>
  readonly ports?: readonly ConfigPort[]
  readonly expose?: readonly string[]
  readonly dns?: readonly string[]
  readonly dns_search?: readonly string[]
  readonly extra_hosts?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

/** The part of `docker compose config --format json` that bears on networking. */
export interface ComposeConfig {
  readonly name: string
  readonly services: Readonly<Record<string, ConfigService>>
  readonly networks?: Readonly<Record<string, ConfigNetwork>>
}

const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort()

/** What of `docker compose config --format json` a scene has to say. */
export function factsOfConfig(config: ComposeConfig): ComposeFacts {
  const networks = config.networks ?? {}
  return {
    project: config.name,
    networks: Object.fromEntries(Object.values(networks).map((network) => [network.name, networkOfConfig(network)])),
    services: Object.fromEntries(
      Object.entries(config.services).map(([name, service]) => [name, serviceOfConfig(name, service, networks)]),
    ),
  }
}

function networkOfConfig(network: ConfigNetwork): unknown {
  if (network.external === true) return { external: true }
  return {
    driver: network.driver ?? 'bridge',
    internal: network.internal ?? false,
    attachable: network.attachable ?? false,
    ipv6: network.enable_ipv6 ?? null,
    options: network.driver_opts ?? {},
    labels: network.labels ?? {},
    subnets: (network.ipam?.config ?? []).map((subnet) => ({
      subnet: subnet.subnet,
      gateway: subnet.gateway ?? null,
      ipRange: subnet.ip_range ?? null,
      aux: subnet.aux_addresses ?? {},
    })),
  }
}

function serviceOfConfig(
  name: string,
  service: ConfigService,
  networks: Readonly<Record<string, ConfigNetwork>>,
): unknown {
  const endpoints = Object.entries(service.networks ?? {})
  // Compose gives the address of the service to the network that the container is created in.
  const [main] = endpoints.sort(
    ([a, one], [b, other]) => (other?.priority ?? 0) - (one?.priority ?? 0) || (a < b ? -1 : 1),
  )
  return {
    image: service.image ?? null,
    scale: service.scale ?? service.deploy?.replicas ?? 1,
    containerName: service.container_name ?? null,
    hostname: service.hostname ?? null,
    mode: service.network_mode ?? null,
    networks: Object.fromEntries(
      endpoints.map(([key, endpoint]) => [
        networks[key]?.name ?? key,
        {
          aliases: sorted([name, ...(endpoint?.aliases ?? [])]),
          ipv4: endpoint?.ipv4_address ?? null,
          ipv6: endpoint?.ipv6_address ?? null,
          mac: macOf(endpoint?.mac_address ?? (key === main?.[0] ? service.mac_address : undefined)),
          gatewayPriority: endpoint?.gw_priority ?? 0,
        },
      ]),
    ),
    ports: sorted(portsOfConfig(service.ports ?? [])),
    exposes: sorted((service.expose ?? []).flatMap(spread)),
    dns: service.dns ?? [],
    dnsSearch: service.dns_search ?? [],
    extraHosts: sorted((service.extra_hosts ?? []).map(hostOfConfig)),
    labels: service.labels ?? {},
  }
}

const macOf = (text: string | undefined): string | null => text?.toLowerCase().replaceAll('-', ':') ?? null

/** Of a range of the host, Docker takes the first port that is free. */
function portsOfConfig(ports: readonly ConfigPort[]): readonly string[] {
  const taken = new Map<string, number>()
  return ports.map((port) => {
    const host = port.host_ip === undefined ? '' : `${canonicalAddress(port.host_ip)} `
    const asked = port.published ?? 'any'
    const next = taken.get(asked) ?? Number(asked.split('-')[0])
    taken.set(asked, next + 1)
    return `${host}${asked.includes('-') ? next : asked}:${port.target}/${port.protocol}`
  })
}

/** `9000-9002/udp` as three. */
function spread(text: string): readonly string[] {
  const [range = '', protocol = 'tcp'] = text.split('/')
  const [from = 0, to = from] = range.split('-').map(Number)
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol}`)
}

function hostOfConfig(text: string): string {
  const at = text.indexOf('=')
  return `${text.slice(0, at)}:${text.slice(at + 1)}`
}

/** The same of a scene; what a scene has no word for (which networks are external) is told by the notes of the opening. */
export function factsOfScene(scene: Scene, assumed: readonly string[]): ComposeFacts {
  const services = new Map<string, SceneContainer[]>()
  for (const container of scene.containers) {
    const name = container.labels?.['com.docker.compose.service'] ?? ''
    services.set(name, [...(services.get(name) ?? []), container])
  }
  return {
    project: scene.name,
    networks: Object.fromEntries(
      scene.networks.map((network) => [
        network.name,
        assumed.includes(network.name) ? { external: true } : networkOfScene(network),
      ]),
    ),
    services: Object.fromEntries(
      [...services].map(([name, containers]) => [name, serviceOfScene(scene, name, containers)]),
    ),
  }
}

const withoutOwn = (labels: Readonly<Record<string, string>> = {}): unknown =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith('com.docker.compose.')))

function networkOfScene(network: Scene['networks'][number]): unknown {
  return {
    driver: network.driver ?? 'bridge',
    internal: network.internal ?? false,
    attachable: network.attachable ?? false,
    ipv6: network.ipv6 ?? null,
    options: network.options ?? {},
    labels: withoutOwn(network.labels),
    subnets: (network.subnets ?? []).map(({ subnet, gateway, ipRange, aux }) => ({
      subnet,
      gateway: gateway ?? null,
      ipRange: ipRange ?? null,
      aux: aux ?? {},
    })),
  }
}

function serviceOfScene(scene: Scene, name: string, containers: readonly SceneContainer[]): unknown {
  const first = containers[0]
  if (first === undefined) throw new Error('a service of no container')
  return {
    image: first.image ?? null,
    scale: containers.length,
    containerName: first.name.startsWith(`${scene.name}-${name}-`) ? null : first.name,
    hostname: first.hostname ?? null,
    mode: modeOfScene(scene, first),
    networks: Object.fromEntries(
      (isOnBridge(first.networks) ? [] : (first.networks ?? [])).map((endpoint) => [
        endpoint.network,
        {
          aliases: sorted(endpoint.aliases ?? []),
          ipv4: endpoint.ipv4 ?? null,
          ipv6: endpoint.ipv6 ?? null,
          mac: endpoint.mac ?? null,
          gatewayPriority: endpoint.priority ?? 0,
        },
      ]),
    ),
    ports: sorted((first.ports ?? []).map(portOfScene)),
    exposes: sorted(first.exposes ?? []),
    dns: first.dns ?? [],
    dnsSearch: first.dnsSearch ?? [],
    extraHosts: sorted(first.extraHosts ?? []),
    labels: withoutOwn(first.labels),
  }
}

function modeOfScene(scene: Scene, { networkMode, networks }: SceneContainer): string | null {
  if (networkMode?.startsWith('container:') !== true) return networkMode ?? (isOnBridge(networks) ? 'bridge' : null)
  const owner = scene.containers.find(({ name }) => `container:${name}` === networkMode)
  return `service:${owner?.labels?.['com.docker.compose.service']}`
}

/** Compose puts nothing into it but by `network_mode`. */
function isOnBridge(networks: SceneContainer['networks']): boolean {
  return networks?.[0]?.network === 'bridge'
}

function portOfScene(text: string): string {
  const parts = /^(?:(\[[^\]]+\]|\d+\.[0-9.]+):)?(?:(\d+):)?(\d+\/\w+)$/.exec(text)
  if (parts === null) return text
  const host = parts[1] === undefined ? '' : `${parts[1].replace(/[[\]]/g, '')} `
  return `${host}${parts[2] ?? 'any'}:${parts[3]}`
}
