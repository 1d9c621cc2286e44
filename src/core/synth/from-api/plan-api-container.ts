import type { Container, Endpoint } from '../../host/container.ts'
import { joinedContainer } from '../../host/joined-container.ts'
import { digestHex, digestMac } from '../digest.ts'
import { chooseGateways } from '../plan/choose-gateway.ts'
import { devicePrefix } from '../plan/name-devices.ts'
import {
  type Binding,
  HOST_NAMESPACE,
  type PlannedContainer,
  type PlannedEndpoint,
  type PlannedNetwork,
} from '../plan/plan.ts'

/** Returns a container as it was planned by Docker, from what the API tells of it. */
export function planApiContainer(
  container: Container,
  all: readonly Container[],
  networks: readonly PlannedNetwork[],
): PlannedContainer {
  const running = container.pid !== 0
  const mode = modeOf(container)
  const endpoints = running && mode === 'own' ? planEndpoints(container, networks) : []
  const { gateway, gatewaySix } = chooseGateways(endpoints)
  return {
    scene: { name: container.name, ...(container.dns === undefined ? {} : { dns: container.dns }) },
    id: container.id,
    pid: container.pid,
    hostname: container.hostname,
    running,
    namespace: running ? namespaceOf(container, all) : null,
    mode,
    endpoints,
    gateway,
    gatewaySix,
    resolver: endpoints.some(({ network }) => !network.isDefaultBridge),
    bindings: gateway === null ? [] : planBindings(container, gateway, gatewaySix ?? gateway),
  }
}

function modeOf({ networkMode }: Container): PlannedContainer['mode'] {
  if (networkMode === 'host' || networkMode === 'none') return networkMode
  return joinedContainer(networkMode) === null ? 'own' : 'shared'
}

/** `container:` is followed by an id, or by the name that the user gave. */
function namespaceOf(container: Container, all: readonly Container[]): string | null {
  if (container.networkMode === 'host') return HOST_NAMESPACE
  const joined = joinedContainer(container.networkMode)
  if (joined === null) return `container:${container.name}`
  const other = all.find(({ id, name }) => id === joined || name === joined)
  return other === undefined || other === container ? null : namespaceOf(other, all)
}

/** The network of `docker run` was there first; in which order others came is not told. */
function planEndpoints(container: Container, networks: readonly PlannedNetwork[]): readonly PlannedEndpoint[] {
  const first = container.networkMode === 'default' ? 'bridge' : container.networkMode
  const ordered = [...container.endpoints].sort(
    (a, b) =>
      Number(b.networkName === first) - Number(a.networkName === first) || (a.networkName < b.networkName ? -1 : 1),
  )
  return ordered.flatMap((endpoint, index) => {
    const network = networks.find(({ id, name }) => id === endpoint.network || name === endpoint.networkName)
    return network === undefined ? [] : [planEndpoint(container, endpoint, network, index)]
  })
}

function planEndpoint(container: Container, told: Endpoint, network: PlannedNetwork, index: number): PlannedEndpoint {
  const label = `${container.name} ${network.name}`
  return {
    network,
    asked: { network: network.name, aliases: told.aliases, ...(told.links === undefined ? {} : { links: told.links }) },
    ipv4: told.ipv4,
    ipv6: told.ipv6,
    mac: told.mac ?? digestMac(`mac ${label}`),
    device: `${devicePrefix(network)}${index}`,
    hostDevice: `veth${digestHex(`veth ${label}`, 7)}`,
  }
}

function planBindings(
  { published }: Container,
  { ipv4 }: PlannedEndpoint,
  { ipv6 }: PlannedEndpoint,
): readonly Binding[] {
  return published.flatMap(({ protocol, containerPort, hostAddress, hostPort }) => {
    const address = hostAddress.includes(':') ? (ipv6 ?? ipv4) : ipv4
    return address === null ? [] : [{ protocol, hostAddress, hostPort, address, port: containerPort }]
  })
}
