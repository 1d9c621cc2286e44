import type { PlannedEndpoint } from './plan.ts'

/**
 * Returns the endpoint that gives a container its default route and its ports: that of the highest priority, then of a
 * network that is not internal, then of most IP versions, then of the name that comes first
 * (moby:libnetwork/endpoint.go Less, sandbox.go getGatewayEndpoint). Null where no endpoint leads outside.
 */
export function chooseGateway(endpoints: readonly PlannedEndpoint[]): PlannedEndpoint | null {
  const usable = endpoints.filter(({ network }) => !network.internal)
  return [...usable].sort(compare)[0] ?? null
}

function compare(a: PlannedEndpoint, b: PlannedEndpoint): number {
  const priority = (b.asked.priority ?? 0) - (a.asked.priority ?? 0)
  if (priority !== 0) return priority
  const versions = versionsOf(b) - versionsOf(a)
  return versions === 0 ? (a.network.name < b.network.name ? -1 : 1) : versions
}

function versionsOf({ network }: PlannedEndpoint): number {
  return [network.ipv4, network.ipv6].filter((subnet) => subnet !== null && subnet.gateway !== null).length
}
