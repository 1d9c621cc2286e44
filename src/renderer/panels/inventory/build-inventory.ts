import type { Container, DockerNetwork, Endpoint } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'

/** A container as it hangs below one of its networks. */
export interface InventoryContainer {
  readonly key: string
  readonly name: string
  readonly state: Container['state']
  /** What stands at the right: published ports, else the end of the address. */
  readonly badge: string
  /** Everything about it, for the tooltip. */
  readonly detail: string
}

/** A network with the containers on it. */
export interface InventoryNetwork {
  readonly key: string
  readonly name: string
  readonly driver: string
  readonly badge: string
  /** Driver and gateway in one short line. */
  readonly summary: string
  readonly detail: string
  readonly containers: readonly InventoryContainer[]
}

/**
 * Returns the networks of a host with their containers: bridges first, by name with `bridge` at the head, then the
 * others, `host` and `none` last. Containers without a network of their own (`--network container:X`) follow in a group.
 */
export function buildInventory(state: HostState): readonly InventoryNetwork[] {
  const networks = state.networks.toSorted(
    (left, right) => rank(left) - rank(right) || compareText(left.name, right.name),
  )
  const groups = networks.map((network) => buildNetwork(network, state.containers))
  const placed = new Set(groups.flatMap((group) => group.containers.map((container) => container.name)))
  const rest = state.containers.filter((container) => !placed.has(container.name))
  if (rest.length === 0) return groups
  const containers = rest.map((container) => buildContainer('none:', container, null))
  const detail = 'Containers that share another’s network, or that are on none'
  return [
    ...groups,
    {
      key: 'shared',
      name: 'no network of its own',
      driver: '',
      badge: String(rest.length),
      summary: '',
      detail,
      containers,
    },
  ]
}

function rank(network: DockerNetwork): number {
  if (network.name === 'bridge') return 0
  if (network.driver === 'bridge') return 1
  if (network.driver === 'host') return 3
  return network.driver === 'null' ? 4 : 2
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function buildNetwork(network: DockerNetwork, all: readonly Container[]): InventoryNetwork {
  const key = `network:${network.id}`
  const containers = all.flatMap((container) => {
    const endpoint = container.endpoints.find(
      (each) => each.network === network.id || each.networkName === network.name,
    )
    return endpoint === undefined ? [] : [buildContainer(`${key}/`, container, endpoint)]
  })
  const subnet = network.subnets.find((each) => each.family === 4) ?? network.subnets[0]
  const badge = subnet?.prefix ?? String(containers.length)
  const gateway = subnet?.gateway || endpointGateway(network, all)
  const words = [network.driver, gateway === null ? '' : `gateway ${gateway}`, network.internal ? 'internal' : '']
  // Docker's own host and none networks have nothing that their names do not say.
  const summary = ['host', 'null'].includes(network.driver) ? '' : words.filter(Boolean).join(' · ')
  const detail = networkDetail(network)
  return { key, name: network.name, driver: network.driver, badge, summary, detail, containers }
}

/** Older engines leave the gateway out of a network that they chose themselves; its containers know it. */
function endpointGateway(network: DockerNetwork, all: readonly Container[]): string | null {
  const endpoints = all.flatMap((container) => container.endpoints)
  return endpoints.find((each) => each.network === network.id && each.gateway)?.gateway ?? null
}

function networkDetail(network: DockerNetwork): string {
  const subnets = network.subnets.map((subnet) => `${subnet.prefix}, gateway ${subnet.gateway ?? 'none'}`)
  const flags = [network.internal ? 'internal' : '', network.ipv6 ? 'IPv6' : '', network.ingress ? 'ingress' : '']
  const bridge = network.bridge === null ? '' : `device ${network.bridge}`
  return [`${network.name}: ${network.driver} network`, bridge, ...subnets, ...flags].filter(Boolean).join('\n')
}

function buildContainer(prefix: string, container: Container, endpoint: Endpoint | null): InventoryContainer {
  const address = endpoint?.ipv4 ?? endpoint?.ipv6 ?? null
  const ports = container.published.filter((port) => port.hostPort !== 0 && !port.hostAddress.includes(':'))
  const words = ports.map((port) => `${port.hostPort}→${port.containerPort}`)
  const more = words.length > 1 ? ` +${words.length - 1}` : ''
  const badge =
    words.length > 0 ? `${words[0]}${more}` : container.state !== 'running' ? container.state : shortAddress(address)
  const lines = [
    `${container.name} (${container.image}), ${container.state}`,
    ...container.endpoints.map((each) => `${each.networkName}: ${each.ipv4 ?? each.ipv6 ?? 'no address'}`),
    ...ports.map(
      (port) => `${port.hostAddress || '0.0.0.0'}:${port.hostPort} → ${port.containerPort}/${port.protocol}`,
    ),
  ]
  return {
    key: `${prefix}${container.id}`,
    name: container.name,
    state: container.state,
    badge,
    detail: lines.join('\n'),
  }
}

/** Returns the last part of an address (`.2`): the network above it says the rest. */
function shortAddress(address: string | null): string {
  if (address === null || address === '') return ''
  return address.includes(':') ? `::${address.split(':').at(-1) ?? ''}` : `.${address.split('.').at(-1) ?? ''}`
}
