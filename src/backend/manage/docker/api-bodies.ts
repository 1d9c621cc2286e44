/** What Docker's API is told, as the command line tells it (docker/cli: cli/command/network, cli/command/container/opts.go). */
import type { ContainerSpec, NetworkSpec } from '../../../core/manage/action.ts'
import { askedNetwork } from '../../../core/synth/scene/find-in-scene.ts'
import { parsePortSpec } from '../../../core/synth/scene/port-spec.ts'
import type { SceneEndpoint } from '../../../core/synth/scene/scene.ts'

/** An object of the API, by its keys. */
export type ApiObject = Readonly<Record<string, unknown>>

/** Since this version an endpoint may be asked to have a MAC address; before, only a container could be. */
export const MAC_SINCE = 25

/** `POST /networks/create`. */
export function networkBody(network: NetworkSpec): ApiObject {
  const config = (network.subnets ?? []).map(({ subnet, gateway, ipRange, aux }) => ({
    Subnet: subnet,
    ...present('Gateway', gateway),
    ...present('IPRange', ipRange),
    ...present('AuxiliaryAddresses', aux),
  }))
  return {
    Name: network.name,
    // Without it Docker 20.10 makes a second network of the same name.
    CheckDuplicate: true,
    Driver: network.driver ?? 'bridge',
    Internal: network.internal ?? false,
    Attachable: network.attachable ?? false,
    Ingress: false,
    ...present('EnableIPv4', network.ipv4),
    ...present('EnableIPv6', network.ipv6),
    IPAM: { Driver: 'default', Options: {}, Config: config },
    Options: network.options ?? {},
    Labels: network.labels ?? {},
  }
}

/** An endpoint's settings, for `POST /networks/NAME/connect` and within `POST /containers/create`. */
export function endpointBody({ aliases, ipv4, ipv6, mac, priority, links }: SceneEndpoint): ApiObject {
  const ipam = { ...present('IPv4Address', ipv4), ...present('IPv6Address', ipv6) }
  return {
    ...(Object.keys(ipam).length === 0 ? {} : { IPAMConfig: ipam }),
    ...present('Aliases', aliases),
    ...present('Links', links),
    ...present('MacAddress', mac),
    ...present('GwPriority', priority),
  }
}

/** `POST /containers/create`: the first network is in it, the others are connected afterwards. */
export function containerBody(spec: ContainerSpec, generation: number): ApiObject {
  const [first] = spec.networks ?? []
  const mode = spec.networkMode ?? askedNetwork(first) ?? 'default'
  // Links on the default bridge are the container's, those on another network the endpoint's.
  const ownLinks = mode === 'default' || mode === 'bridge'
  const asked = first !== undefined && ownLinks ? withoutLinks(first) : first
  const ports = portBodies(spec.ports ?? [])
  const exposed = [...(spec.exposes ?? []), ...Object.keys(ports)]
  return {
    Hostname: spec.hostname ?? '',
    // Since 25 it is the endpoint's.
    ...(generation < MAC_SINCE ? present('MacAddress', first?.mac) : {}),
    ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])),
    Env: spec.env ?? [],
    Cmd: spec.command === undefined || spec.command.length === 0 ? null : spec.command,
    Image: spec.image,
    Labels: spec.labels ?? {},
    HostConfig: {
      NetworkMode: mode,
      PortBindings: ports,
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      Dns: spec.dns ?? [],
      DnsOptions: [],
      DnsSearch: spec.dnsSearch ?? [],
      ExtraHosts: spec.extraHosts ?? [],
      Ulimits: [],
      ...(ownLinks ? present('Links', first?.links) : {}),
    },
    NetworkingConfig: { EndpointsConfig: asked === undefined ? {} : { [asked.network]: endpointBody(asked) } },
  }
}

function withoutLinks({ links: _links, ...rest }: SceneEndpoint): SceneEndpoint {
  return rest
}

/** By `80/tcp`, what `-p` gives; a text that is no port is left out, as checkAction refuses it. */
function portBodies(texts: readonly string[]): Readonly<Record<string, readonly ApiObject[]>> {
  const bodies: Record<string, ApiObject[]> = {}
  for (const spec of texts.flatMap((text) => parsePortSpec(text) ?? [])) {
    const binding = { HostIp: spec.hostAddress ?? '', HostPort: spec.hostPort === 0 ? '' : String(spec.hostPort) }
    ;(bodies[`${spec.containerPort}/${spec.protocol}`] ??= []).push(binding)
  }
  return bodies
}

function present(key: string, value: unknown): ApiObject {
  return value === undefined ? {} : { [key]: value }
}
