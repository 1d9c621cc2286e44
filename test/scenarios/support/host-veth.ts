import type { HostState } from '../../../src/core/host/host-state.ts'

/** The host's end of a container's veth on that bridge, with the MAC of the container's end. Throws when there is none. */
export function hostVeth(state: HostState, container: string, bridge: string): { name: string; mac: string } {
  const owner = state.namespaces.find(({ name }) => name === `container:${container}`)
  for (const port of state.namespaces[0]?.interfaces ?? []) {
    if (port.master !== bridge || port.peer?.namespace !== owner?.id) continue
    const inner = owner?.interfaces.find(({ name }) => name === port.peer?.device)
    if (inner !== undefined && inner.mac !== null) return { name: port.name, mac: inner.mac }
  }
  throw new Error(`${container} has no port on ${bridge}`)
}
