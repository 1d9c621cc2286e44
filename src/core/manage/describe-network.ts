import type { Container, DockerNetwork, Endpoint } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { digestHex } from '../synth/digest.ts'
import type { Scene } from '../synth/scene/scene.ts'
import { MADE_AT } from './describe-container.ts'
import { keyed, prefixLengthOf } from './describe-parts.ts'

/**
 * Returns a network of a sandbox as `docker network inspect` tells it, in the shape of Docker's API. Null where there is none
 * of that name.
 */
export function describeNetworkJson(scene: Scene, state: HostState, name: string): unknown {
  const network = state.networks.find((one) => one.name === name || one.id === name)
  if (network === undefined) return null
  const asked = scene.networks.find((one) => one.name === network.name)
  const aux = (prefix: string): Readonly<Record<string, string>> | undefined =>
    asked?.subnets?.find(({ subnet }) => subnet === prefix)?.aux
  return {
    Name: network.name,
    Id: network.id,
    Created: MADE_AT,
    Scope: network.scope,
    Driver: network.driver,
    ...(scene.engine.generation === 20 ? {} : { EnableIPv4: network.subnets.some(({ family }) => family === 4) }),
    EnableIPv6: network.ipv6,
    IPAM: {
      Driver: 'default',
      Options: {},
      Config: network.subnets.map(({ prefix, ipRange, gateway }) => ({
        Subnet: prefix,
        ...(ipRange === null ? {} : { IPRange: ipRange }),
        ...(gateway === null ? {} : { Gateway: gateway }),
        ...(aux(prefix) === undefined ? {} : { AuxiliaryAddresses: aux(prefix) }),
      })),
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Ingress: network.ingress,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: keyed(membersOf(state, network), ([container, endpoint]) => [
      container.id,
      memberOf(network, container, endpoint),
    ]),
    Options: network.options,
    Labels: network.labels,
  }
}

/** Those that run. */
function membersOf(
  { containers }: HostState,
  { id }: DockerNetwork,
): readonly (readonly [container: Container, endpoint: Endpoint])[] {
  return containers.flatMap((container) => {
    const endpoint = container.endpoints.find(({ network }) => network === id)
    return container.pid === 0 || endpoint === undefined ? [] : [[container, endpoint] as const]
  })
}

function memberOf({ id, subnets }: DockerNetwork, container: Container, { ipv4, ipv6, mac }: Endpoint) {
  const whole = (address: string | null, family: 4 | 6): string =>
    address === null ? '' : `${address}/${prefixLengthOf(subnets, family)}`
  return {
    Name: container.name,
    EndpointID: digestHex(`endpoint ${container.id} ${id}`, 64),
    MacAddress: mac ?? '',
    IPv4Address: whole(ipv4, 4),
    IPv6Address: whole(ipv6, 6),
  }
}
