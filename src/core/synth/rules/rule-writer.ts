import type { Binding, PlannedContainer, PlannedEndpoint, PlannedNetwork } from '../plan/plan.ts'

/**
 * What dockerd does to the rules, step by step and in its own order: the rules' order follows from that. One writer for
 * each layout.
 */
export interface RuleWriter {
  /** The chains that are there before any network. */
  start(): void
  addNetwork(network: PlannedNetwork): void
  addEndpoint(endpoint: PlannedEndpoint): void
  addPorts(network: PlannedNetwork, bindings: readonly Binding[]): void
  /** `--link` on a network without communication between containers. */
  addLink(network: PlannedNetwork, from: PlannedEndpoint, to: PlannedContainer): void
}
