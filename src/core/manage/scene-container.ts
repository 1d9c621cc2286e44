import { joinedContainer } from '../host/joined-container.ts'
import type { Container, Endpoint, PublishedPort } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import type { NetNamespace } from '../host/namespace.ts'
import { bracketed } from '../net/format-packet.ts'
import { parsePortSpec } from '../synth/scene/port-spec.ts'
import type { SceneContainer, SceneEndpoint } from '../synth/scene/scene.ts'
import { listensOf } from './scene-host.ts'

/** Returns a real container as one of a scene; networks that are not known there are left out, and told. */
export function sceneContainer(
  state: HostState,
  container: Container,
  known: ReadonlySet<string>,
  left: string[],
): SceneContainer {
  const { name, image, networkMode } = container
  const own = { name, image, state: stateOf(container), ...listening(state, container) }
  const exposes = container.exposed.filter((port) => /^\d+\/(tcp|udp|sctp)$/.test(port))
  const told = exposes.length === 0 ? own : { ...own, exposes }
  if (networkMode === 'host' || networkMode === 'none') return { ...told, networkMode }
  const joined = joinedContainer(networkMode)
  if (joined !== null) {
    const other = state.containers.find((one) => one.id === joined || one.name === joined)
    if (other !== undefined) return { ...own, networkMode: `container:${other.name}` }
    left.push(`${name} shares the network of a container that is gone`)
    return { ...own, networkMode: 'none' }
  }
  const strange = container.endpoints.filter(({ networkName }) => !known.has(networkName))
  for (const { networkName } of strange) left.push(`${name} is in network ${networkName}, which is left out`)
  const endpoints = container.endpoints.filter(({ networkName }) => known.has(networkName))
  if (endpoints.length === 0) return { ...told, networkMode: 'none', networks: [] }
  const ports = container.pid === 0 ? askedPorts(container, left) : portsOf(container.published)
  return {
    ...told,
    ...(container.hostname === '' ? {} : { hostname: container.hostname }),
    networks: inOrder(state, container, endpoints),
    ...(ports.length === 0 ? {} : { ports }),
    ...(container.dns === undefined ? {} : { dns: container.dns }),
  }
}

/** What restarts or is being removed does not run now. */
function stateOf({ state, pid }: Container): NonNullable<SceneContainer['state']> {
  if (pid === 0) return state === 'created' ? 'created' : 'exited'
  return state === 'paused' ? 'paused' : 'running'
}

/** Whoever shares a namespace adds nothing to it: its owner has all of its sockets. */
function listening(state: HostState, container: Container): Pick<SceneContainer, 'listens'> {
  const shares = container.networkMode === 'host' || container.networkMode.startsWith('container:')
  const netns = state.namespaces.find(({ id }) => id === container.namespace)
  const listens = shares || netns === undefined ? [] : listensOf(netns)
  return listens.length === 0 ? {} : { listens }
}

/** The devices tell in which order networks were connected; the default route, which of them leads outside. */
function inOrder(state: HostState, container: Container, endpoints: readonly Endpoint[]): readonly SceneEndpoint[] {
  const netns = state.namespaces.find(({ id }) => id === container.namespace)
  const position = (endpoint: Endpoint): number => Number(deviceOf(netns, endpoint)?.replace(/^\D+/, '') ?? 0)
  const way = netns?.routes.find(
    ({ family, destination, table }) => family === 4 && table === 'main' && destination === '0.0.0.0/0',
  )
  const out = way?.nextHops[0]?.device ?? null
  const usual = usualGateway(state, endpoints)
  return [...endpoints]
    .sort((a, b) => position(a) - position(b))
    .map((endpoint) => {
      // Only a choice that Docker would not make by itself was the user's.
      const isPreferred = out !== null && endpoint !== usual && deviceOf(netns, endpoint) === out
      return { ...sceneEndpoint(container, endpoint), ...(isPreferred ? { priority: 1 } : {}) }
    })
}

/** The endpoint that Docker takes for the default route where nobody has said: see chooseGateway. */
function usualGateway({ networks }: HostState, endpoints: readonly Endpoint[]): Endpoint | null {
  const versions = ({ ipv4, ipv6 }: Endpoint): number => Number(ipv4 !== null) + Number(ipv6 !== null)
  const isInternal = ({ network }: Endpoint): boolean => networks.some(({ id, internal }) => id === network && internal)
  const [first] = endpoints
    .filter((endpoint) => !isInternal(endpoint))
    .sort((a, b) => versions(b) - versions(a) || (a.networkName < b.networkName ? -1 : 1))
  return first ?? null
}

function deviceOf(netns: NetNamespace | undefined, { ipv4, ipv6 }: Endpoint): string | undefined {
  return netns?.interfaces.find(({ addresses }) =>
    addresses.some(({ address }) => address === ipv4 || address === ipv6),
  )?.name
}

/** One that does not run publishes what was asked for when it starts. */
function askedPorts({ name, asked = [] }: Container, left: string[]): readonly string[] {
  return asked.filter((text) => {
    const isPort = parsePortSpec(text) !== null
    if (!isPort) left.push(`${name} publishes ${text} when it starts, which is not simulated`)
    return isPort
  })
}

/** `-p` without an address gives one entry for each IP version, which is one again here. */
function portsOf(published: readonly PublishedPort[]): readonly string[] {
  const text = ({ hostPort, containerPort, protocol }: PublishedPort): string =>
    `${hostPort === 0 ? '' : `${hostPort}:`}${containerPort}/${protocol}`
  const isAny = ({ hostAddress }: PublishedPort): boolean => hostAddress === '0.0.0.0' || hostAddress === '::'
  const pairs = published.filter(isAny).map(text)
  const both = new Set(pairs.filter((one, index) => pairs.indexOf(one) !== index))
  const single = published.filter((one) => !isAny(one) || !both.has(text(one)))
  return [...both, ...single.map((one) => `${bracketed(one.hostAddress)}:${text(one)}`)]
}

/** What Docker's API tells of an endpoint, without the aliases that Docker gives by itself. */
function sceneEndpoint(container: Container, endpoint: Endpoint): SceneEndpoint {
  const own = new Set([container.name, container.id.slice(0, 12), container.hostname])
  const aliases = endpoint.aliases.filter((alias) => !own.has(alias))
  const { mac, links = [] } = endpoint
  return {
    network: endpoint.networkName,
    ...(aliases.length === 0 || endpoint.networkName === 'bridge' ? {} : { aliases }),
    ...(mac === null ? {} : { mac }),
    ...(links.length === 0 ? {} : { links }),
  }
}
