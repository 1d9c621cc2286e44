import type { Container, Endpoint, PublishedPort } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { digestHex } from '../synth/digest.ts'
import { parsePortSpec } from '../synth/scene/port-spec.ts'
import type { Scene, SceneContainer } from '../synth/scene/scene.ts'
import { withTag } from './image-catalog.ts'
import { keyed, prefixLengthOf } from './describe-parts.ts'

/** The moment at which everything in a sandbox was made: it has no clock. */
export const MADE_AT = '2026-01-01T00:00:00Z'

/**
 * Returns a container of a sandbox as `docker container inspect` tells it: what has a bearing on networking, in the shape of
 * Docker's API. Null where there is none of that name.
 */
export function describeContainerJson(scene: Scene, state: HostState, name: string): unknown {
  const container = state.containers.find((one) => one.name === name || one.id === name)
  const asked = scene.containers.find((one) => one.name === container?.name)
  if (container === undefined || asked === undefined) return null
  const [path, ...args] = asked.command ?? []
  return {
    Id: container.id,
    Created: MADE_AT,
    Path: path ?? '',
    Args: args,
    State: stateOf(container),
    Image: `sha256:${digestHex(`image ${withTag(container.image)}`, 64)}`,
    Name: `/${container.name}`,
    Config: configOf(container, asked),
    HostConfig: hostConfigOf(container, asked),
    NetworkSettings: {
      SandboxKey: container.pid === 0 ? '' : `/var/run/docker/netns/${container.id.slice(0, 12)}`,
      Ports: portsOf(container),
      Networks: keyed(container.endpoints, (endpoint) => [
        endpoint.networkName,
        endpointOf(scene, state, container, endpoint),
      ]),
    },
  }
}

function stateOf({ state, pid }: Container) {
  return {
    Status: state,
    Running: pid !== 0,
    Paused: state === 'paused',
    Restarting: false,
    Dead: false,
    Pid: pid,
    ExitCode: 0,
    StartedAt: MADE_AT,
  }
}

function configOf({ hostname, exposed, image, labels }: Container, { command, env = [] }: SceneContainer) {
  return {
    Hostname: hostname,
    Env: env,
    Cmd: command ?? null,
    Image: image,
    ExposedPorts: keyed(exposed, (port) => [port, {}]),
    Labels: labels,
  }
}

function hostConfigOf({ networkMode }: Container, asked: SceneContainer) {
  return {
    NetworkMode: networkMode,
    PortBindings: askedBindings(asked.ports ?? []),
    Dns: asked.dns ?? [],
    DnsSearch: asked.dnsSearch ?? [],
    ExtraHosts: asked.extraHosts ?? null,
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
  }
}

/** What was asked for, whether it runs or not: what nobody named is empty. */
function askedBindings(ports: readonly string[]) {
  const specs = ports.flatMap((text) => parsePortSpec(text) ?? [])
  const keys = [...new Set(specs.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`))]
  return keyed(keys, (key) => [
    key,
    specs
      .filter(({ containerPort, protocol }) => `${containerPort}/${protocol}` === key)
      .map((spec) => ({ HostIp: spec.hostAddress ?? '', HostPort: spec.hostPort === 0 ? '' : String(spec.hostPort) })),
  ])
}

function bindingsOf(published: readonly PublishedPort[]) {
  const keys = [...new Set(published.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`))]
  return keyed(keys, (key) => [
    key,
    published
      .filter(({ containerPort, protocol }) => `${containerPort}/${protocol}` === key)
      .map(({ hostAddress, hostPort }) => ({ HostIp: hostAddress, HostPort: String(hostPort) })),
  ])
}

/** An exposed port that is not published is there with null. */
function portsOf({ exposed, published, pid }: Container) {
  if (pid === 0) return {}
  return { ...keyed(exposed, (port) => [port, null]), ...bindingsOf(published) }
}

function endpointOf(scene: Scene, state: HostState, container: Container, endpoint: Endpoint) {
  const { network, networkName, ipv4, ipv6, gateway, mac, aliases, links } = endpoint
  const shown = scene.containers.find((one) => one.name === container.name)
  const asked = shown?.networks?.find((one) => one.network === networkName)
  const subnets = state.networks.find(({ id }) => id === network)?.subnets ?? []
  const isAsked = asked?.ipv4 !== undefined || asked?.ipv6 !== undefined
  const ipam = {
    ...(asked?.ipv4 === undefined ? {} : { IPv4Address: asked.ipv4 }),
    ...(asked?.ipv6 === undefined ? {} : { IPv6Address: asked.ipv6 }),
  }
  return {
    IPAMConfig: isAsked ? ipam : null,
    Links: links ?? null,
    Aliases: aliases.length === 0 ? null : aliases,
    MacAddress: mac ?? '',
    DriverOpts: null,
    ...(scene.engine.generation === 20 ? {} : { GwPriority: asked?.priority ?? 0 }),
    NetworkID: network,
    EndpointID: container.pid === 0 ? '' : digestHex(`endpoint ${container.id} ${network}`, 64),
    Gateway: gateway ?? '',
    IPAddress: ipv4 ?? '',
    IPPrefixLen: ipv4 === null ? 0 : prefixLengthOf(subnets, 4),
    IPv6Gateway: ipv6 === null ? '' : (subnets.find(({ family }) => family === 6)?.gateway ?? ''),
    GlobalIPv6Address: ipv6 ?? '',
    GlobalIPv6PrefixLen: ipv6 === null ? 0 : prefixLengthOf(subnets, 6),
  }
}
