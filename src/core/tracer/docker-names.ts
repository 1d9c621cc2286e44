import type { Container, Endpoint } from '../host/container.ts'
import type { PreparedHost } from './prepare-host.ts'

/** dockerd's resolver, as containers of user networks see it. */
export const EMBEDDED_DNS = '127.0.0.11'

/** Returns the endpoints of a container's namespace: a container that joined another's has none of its own. */
export function endpointsOf(host: PreparedHost, container: Container): readonly Endpoint[] {
  if (container.endpoints.length > 0 || container.namespace === null) return container.endpoints
  const sharing = host.state.containers.filter((each) => each.namespace === container.namespace)
  return sharing.flatMap((each) => each.endpoints)
}

/**
 * Returns the addresses that dockerd knows for a name, as a container of user networks asks for it; empty for none. A name
 * with dots may be a container's in a network of the last part (`web.net-a`), whose name is compared to the letter while
 * names do not depend on case (moby:libnetwork/sandbox.go ResolveName). The default bridge has no names.
 */
export function findDockerName(host: PreparedHost, asker: Container, name: string): readonly string[] {
  const endpoints = sortEndpoints(host, endpointsOf(host, asker))
  const parts = name.split('.')
  for (let count = parts.length; count > 0; count -= 1) {
    const wanted = parts.slice(0, count).join('.')
    const network = parts.slice(count).join('.')
    const on = endpoints.filter((endpoint) => network === '' || endpoint.networkName === network)
    const linked = on.flatMap((endpoint) => followLink(host, endpoint, wanted))
    if (linked.length > 0) return linked
    const called = on.map((endpoint) => listCalled(host, endpoint, wanted)).find((each) => each.length > 0)
    if (called !== undefined) return called
  }
  return []
}

/** Internal networks come last, others in the order of their names (moby:libnetwork/endpoint.go, Less). */
function sortEndpoints(host: PreparedHost, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const rank = (each: Endpoint): string => `${isInternal(host, each) ? 1 : 0} ${each.networkName}`
  return endpoints
    .filter((endpoint) => endpoint.networkName !== 'bridge')
    .toSorted((left, right) => (rank(left) < rank(right) ? -1 : 1))
}

/** Tells whether an endpoint is on an `--internal` network. */
export function isInternal(host: PreparedHost, endpoint: Endpoint): boolean {
  return host.state.networks.some((network) => network.id === endpoint.network && network.internal)
}

function followLink(host: PreparedHost, endpoint: Endpoint, wanted: string): readonly string[] {
  const link = endpoint.links?.map((each) => each.split(':')).find(([, alias]) => alias === wanted)
  return link?.[0] === undefined ? [] : listCalled(host, endpoint, link[0])
}

function listCalled(host: PreparedHost, { network, networkName }: Endpoint, wanted: string): readonly string[] {
  const lower = wanted.toLowerCase()
  return host.state.containers.flatMap((container) => {
    const endpoint = container.endpoints.find((each) => each.networkName === networkName && each.network === network)
    if (endpoint === undefined || endpoint.ipv4 === null) return []
    const names = [container.name, container.id.slice(0, 12), ...endpoint.aliases]
    return names.some((each) => each.toLowerCase() === lower) ? [endpoint.ipv4] : []
  })
}
