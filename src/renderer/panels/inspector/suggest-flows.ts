import type { Container } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'
import type { Flow } from '../../../core/trace/flow.ts'

/** A flow worth a first look, with what it shows. */
export interface Suggestion {
  readonly flow: Flow
  readonly why: string
}

/**
 * Returns up to four flows that this very host can show: to the internet, to a neighbour on the same bridge, across
 * two bridges, and from outside to a published port. What the host has no containers for is left out.
 */
export function suggestFlows(state: HostState): readonly Suggestion[] {
  const suggestions = [toInternet(state), acrossBridges(state), toPublished(state), toNeighbor(state)]
  return suggestions.filter((each) => each !== null)
}

interface Placed {
  readonly name: string
  readonly networks: readonly string[]
}

function placedContainers(state: HostState): readonly Placed[] {
  const bridges = new Set(state.networks.filter((each) => each.driver === 'bridge').map((each) => each.name))
  return state.containers
    .filter((container) => container.state === 'running')
    .toSorted((left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : 1))
    .map((container) => ({
      name: container.name,
      networks: container.endpoints.map((each) => each.networkName).filter((name) => bridges.has(name)),
    }))
    .filter((container) => container.networks.length > 0)
}

/** Containers of the default bridge first: they show the plainest way. */
function rank(container: Container): number {
  return container.endpoints.some((endpoint) => endpoint.networkName === 'bridge') ? 0 : 1
}

function toInternet(state: HostState): Suggestion | null {
  const internal = new Set(state.networks.filter((each) => each.internal).map((each) => each.name))
  const from = placedContainers(state).find((each) => each.networks.some((name) => !internal.has(name)))
  if (from === undefined) return null
  const containerNames = new Set(state.containers.map((each) => each.name))
  const name = state.names.find(
    (each) => each.addresses.length > 0 && each.name.includes('.') && !containerNames.has(each.name),
  )
  const flow: Flow = { from: from.name, to: name?.name ?? 'facebook.com', protocol: 'icmp' }
  return { flow, why: 'out to the internet, rewritten on the way' }
}

function acrossBridges(state: HostState): Suggestion | null {
  const placed = placedContainers(state)
  for (const from of placed) {
    const to = placed.find((each) => !each.networks.some((name) => from.networks.includes(name)))
    if (to !== undefined) {
      return { flow: { from: from.name, to: to.name, protocol: 'icmp' }, why: 'across two networks: isolation at work' }
    }
  }
  return null
}

function toPublished(state: HostState): Suggestion | null {
  for (const container of state.containers) {
    const port = container.published.find(
      (each) => each.protocol === 'tcp' && each.hostPort !== 0 && anywhere(each.hostAddress),
    )
    if (port === undefined || container.state !== 'running') continue
    const flow: Flow = { from: 'external', to: 'host', protocol: 'tcp', destinationPort: port.hostPort }
    return { flow, why: `from outside to the published port of ${container.name}` }
  }
  return null
}

function anywhere(address: string): boolean {
  return address === '' || address === '0.0.0.0'
}

function toNeighbor(state: HostState): Suggestion | null {
  const placed = placedContainers(state)
  for (const from of placed) {
    const to = placed.find(
      (each) => each.name !== from.name && each.networks.some((name) => from.networks.includes(name)),
    )
    if (to !== undefined) {
      return { flow: { from: from.name, to: to.name, protocol: 'icmp' }, why: 'between two containers of one network' }
    }
  }
  return null
}

/** Returns a flow as one short line: `external → host:8080 TCP`. */
export function flowWords(flow: Flow): string {
  const port = flow.destinationPort === undefined ? '' : `:${flow.destinationPort}`
  return `${flow.from} → ${flow.to}${port} ${flow.protocol.toUpperCase()}`
}
