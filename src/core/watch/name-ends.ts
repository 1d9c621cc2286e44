import type { HostState } from '../host/host-state.ts'
import { isOwnToNamespace } from './packet-tuple.ts'
import type { WatchEnd } from './watch.ts'

/** Finds who has an address, as seen from a namespace. */
export type NameEnd = (address: string, seenIn: string) => WatchEnd

/**
 * Returns a function that names the ends of conversations: by the namespace that has the address (a container's name, or
 * `host`), else the address itself. Loopback and link-local addresses are those of the namespace in which they were seen.
 */
export function nameEnds(state: HostState): NameEnd {
  const owners = new Map<string, WatchEnd>()
  const places = new Map<string, WatchEnd>()
  state.namespaces.forEach((netns, index) => {
    const end = { name: index === 0 ? 'host' : (netns.containers[0] ?? netns.name), netns: netns.name }
    places.set(netns.name, end)
    // The host comes first: what it has as well is its own.
    for (const { addresses } of netns.interfaces)
      for (const { address } of addresses)
        if (!isOwnToNamespace(address) && !owners.has(address)) owners.set(address, end)
  })
  return (address, seenIn) =>
    owners.get(address) ?? (isLoopback(address) ? places.get(seenIn) : undefined) ?? { name: address, netns: null }
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
