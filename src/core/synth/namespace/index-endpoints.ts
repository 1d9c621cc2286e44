import type { Plan, PlannedContainer, PlannedEndpoint } from '../plan/plan.ts'

/** An endpoint with the numbers that the kernel gives to its two ends, and that of the device below it. */
export interface IndexedEndpoint {
  readonly endpoint: PlannedEndpoint
  readonly container: PlannedContainer
  readonly hostIndex: number
  readonly index: number
}

/**
 * Numbers the devices of all containers that run. Until 27 both ends of a wire are made in the host and share its numbers;
 * since 28 the inner one is made right in its namespace, where the first is 2.
 */
export function indexEndpoints({ generation, containers, networks, scene }: Plan): readonly IndexedEndpoint[] {
  const bridges = networks.filter(({ driver }) => driver === 'bridge').length
  let next = scene.host.nics.length + 2 + bridges
  return containers.flatMap((container) =>
    container.endpoints.map((endpoint, position) => {
      const isWire = endpoint.network.driver === 'bridge'
      const index = generation === 20 || !isWire ? next++ : position + 2
      return { endpoint, container, index, hostIndex: isWire ? next++ : 0 }
    }),
  )
}
