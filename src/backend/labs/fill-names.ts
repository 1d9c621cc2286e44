import type { DockerNetwork } from '../../core/host/container.ts'
import type { InterfaceAddress } from '../../core/host/interface.ts'
import { formatIpv4 } from '../../core/net/address.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { canonicalPrefix, parsePrefix } from '../../core/net/prefix.ts'

/**
 * Fills in what a page leaves to the host, in double braces: `{{c2}}` is the address of container c2, `{{c2@my-net}}` that on
 * one network, `{{gateway my-net}}`, `{{device my-net}}` and `{{subnet my-net}}` are of a network, `{{host}}`, `{{nic}}`,
 * `{{lan}}` (its last eighth `{{lan-end}}`) and `{{router}}` of the host's way out. What is not there yet stands as ADDRESS-OF-C2 and the like.
 */
export function fillNames(state: HostState | null, text: string): string {
  return text.replaceAll(/\{\{([^}]+)\}\}/g, (_, inside: string) => findValue(state, inside.trim()) ?? missing(inside))
}

/** Whether all that a text leaves to the host is there. */
export function hasAllNames(state: HostState, text: string): boolean {
  return [...text.matchAll(/\{\{([^}]+)\}\}/g)].every(([, inside = '']) => findValue(state, inside.trim()) !== null)
}

function missing(inside: string): string {
  const words = inside.trim().split(' ')
  const what = words.length > 1 ? words : ['address', ...words]
  return what.join('-of-').toUpperCase()
}

function findValue(state: HostState | null, inside: string): string | null {
  if (state === null) return null
  const [word = '', network] = inside.split(/\s+/)
  if (network !== undefined) return ofNetwork(state, word, network)
  if (['host', 'nic', 'lan', 'lan-end', 'router'].includes(word)) return ofHost(state, word)
  const [name, on] = word.split('@')
  const container = state.containers.find((each) => each.name === name)
  const endpoint = container?.endpoints.find(({ networkName }) => on === undefined || networkName === on)
  return endpoint?.ipv4 ?? null
}

function ofNetwork(state: HostState, what: string, name: string): string | null {
  const network = state.networks.find((each) => each.name === name)
  const subnet = network?.subnets.find(({ family }) => family === 4)
  if (what === 'device') return network?.bridge ?? null
  return what === 'gateway' ? (subnet?.gateway ?? ownAddress(state, network)) : (subnet?.prefix ?? null)
}

/** Docker 20.10 does not tell the gateway of its default bridge: it is the bridge's own address. */
function ownAddress({ namespaces }: HostState, network: DockerNetwork | undefined): string | null {
  const bridge = namespaces[0]?.interfaces.find(({ name }) => name === network?.bridge)
  return bridge?.addresses.find(({ family }) => family === 4)?.address ?? null
}

function ofHost(state: HostState, what: string): string | null {
  const [root] = state.namespaces
  const out = root?.routes.find(({ destination, table }) => destination === '0.0.0.0/0' && table === 'main')
    ?.nextHops[0]
  const nic = root?.interfaces.find(({ name }) => name === out?.device)
  const address = nic?.addresses.find(({ family }) => family === 4)
  if (what === 'router') return out?.via ?? null
  if (what === 'nic') return nic?.name ?? null
  if (address === undefined) return null
  if (what === 'host') return address.address
  return what === 'lan-end' ? lastPart(address) : canonicalPrefix(`${address.address}/${address.prefixLength}`)
}

/** The last eighth of a subnet. */
function lastPart({ address, prefixLength }: InterfaceAddress): string | null {
  const prefix = parsePrefix(`${address}/${prefixLength}`)
  const length = Math.min(prefixLength + 3, 30)
  if (prefix === null || prefix.family !== 4) return null
  return canonicalPrefix(`${formatIpv4((prefix.network | ~prefix.mask) >>> 0)}/${length}`)
}
