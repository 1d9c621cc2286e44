import type { PlannedEndpoint } from './plan.ts'

/** The ways out of a container: the endpoints that give it its default routes and its ports. */
export interface Gateways {
  /** For IPv4, or for all where there is no IPv4. */
  readonly gateway: PlannedEndpoint | null
  readonly gatewaySix: PlannedEndpoint | null
}

/**
 * Returns the endpoints that give a container its default routes: they are taken by priority, then by how many IP versions
 * they have, then by the name of their network; internal networks have no part in it. The first with both versions gives
 * both, also where one before it has one of them (moby:libnetwork/endpoint.go Less, sandbox.go getGatewayEndpoint).
 */
export function chooseGateways(endpoints: readonly PlannedEndpoint[]): Gateways {
  const usable = endpoints.filter(({ network }) => !network.internal).sort(compare)
  let four: PlannedEndpoint | null = null
  let six: PlannedEndpoint | null = null
  for (const endpoint of usable) {
    const { ipv4, ipv6 } = endpoint
    if (ipv4 !== null && ipv6 !== null) return { gateway: endpoint, gatewaySix: endpoint }
    if (ipv4 !== null) four ??= endpoint
    if (ipv6 !== null) six ??= endpoint
    if (four !== null && six !== null) break
  }
  return { gateway: four ?? six, gatewaySix: six }
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
