import type { DockerNetwork } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'
import type { Interface } from '../../../core/host/interface.ts'
import type { NetNamespace } from '../../../core/host/namespace.ts'
import type { Socket } from '../../../core/host/socket.ts'

/** One named fact; several values stand on lines of their own. */
export interface Fact {
  readonly name: string
  readonly value: string
}

/** Returns the namespace that traces call by this name, or null. */
export function findNamespace(state: HostState, name: string): NetNamespace | null {
  return state.namespaces.find((each) => each.name === name) ?? null
}

/** Returns what is known of a device, in the order in which one asks: what, where, addresses, then settings. */
export function deviceFacts(device: Interface, state: HostState): readonly Fact[] {
  const up = device.up ? (device.carrier ? 'up' : 'up, no carrier') : 'down'
  return [
    { name: 'kind', value: device.mode === undefined ? device.kind : `${device.kind}, ${device.mode}` },
    { name: 'state', value: `${up} (${device.operState})` },
    ...device.addresses.map((each) => ({ name: 'address', value: `${each.address}/${each.prefixLength}` })),
    { name: 'mac', value: device.mac ?? 'none' },
    { name: 'mtu', value: String(device.mtu) },
    ...(device.master === null ? [] : [{ name: 'bridge', value: device.master }]),
    ...peerFacts(device, state),
    ...portFacts(device),
    ...bridgeFacts(device),
  ]
}

function peerFacts(device: Interface, state: HostState): readonly Fact[] {
  if (device.kind !== 'veth') return []
  if (device.peer === null) return [{ name: 'peer', value: 'not found in any namespace that was read' }]
  const id = device.peer.namespace
  const namespace = state.namespaces.find((each) => each.id === id)
  return [{ name: 'peer', value: `${device.peer.device} in ${namespace?.name ?? id}` }]
}

function portFacts({ port }: Interface): readonly Fact[] {
  if (port === undefined) return []
  const flags = [
    port.state,
    port.hairpin ? 'hairpin' : '',
    port.isolated ? 'isolated' : '',
    port.flood ? '' : 'no flood',
  ]
  return [{ name: 'port', value: flags.filter(Boolean).join(', ') }]
}

function bridgeFacts({ bridge }: Interface): readonly Fact[] {
  if (bridge === undefined) return []
  return [{ name: 'vlan', value: bridge.vlanFiltering ? 'filtering' : 'no filtering' }]
}

/** Returns what Docker says of a network. */
export function networkFacts(network: DockerNetwork): readonly Fact[] {
  const flags = [network.internal ? 'internal' : '', network.attachable ? 'attachable' : '', network.ipv6 ? 'IPv6' : '']
  return [
    { name: 'network', value: network.name },
    { name: 'driver', value: network.driver },
    ...network.subnets.map((each) => ({ name: 'subnet', value: each.prefix })),
    ...network.subnets.map((each) => ({ name: 'gateway', value: each.gateway ?? 'none' })),
    ...(flags.some(Boolean) ? [{ name: 'flags', value: flags.filter(Boolean).join(', ') }] : []),
    ...Object.entries(network.options).map(([name, value]) => ({ name: 'option', value: `${name}=${value}` })),
  ]
}

/** Returns a socket in one line: `tcp 0.0.0.0:80 nginx`, or null members marked as not read. */
export function socketWords(socket: Socket): string {
  const address = socket.family === 6 ? `[${socket.address}]` : socket.address
  const owner = socket.process === null ? '' : ` ${socket.process.name}`
  const proxy = socket.proxyTo === null ? '' : ` → ${socket.proxyTo.address}:${socket.proxyTo.port}`
  return `${socket.protocol} ${address}:${socket.port}${owner}${proxy}`
}

/** One chain that is reached from a hook, with its rules as printed. */
export interface ChainLines {
  readonly title: string
  readonly policy: string | null
  readonly rules: readonly string[]
}

/**
 * Returns the chains that judge packets at a hook, in the kernel's order of tables, each built-in chain followed by
 * the chains that it can jump to; null when the rules could not be read.
 */
export function chainsAtHook(namespace: NetNamespace, hook: string): readonly ChainLines[] | null {
  const tables = namespace.rulesets.iptables
  if (tables === null) return null
  const order = ['raw', 'mangle', 'nat', 'filter', 'security']
  const sorted = tables
    .filter((table) => table.family === 'ip')
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  return sorted.flatMap((table) => {
    const byName = new Map(table.chains.map((chain) => [chain.name, chain]))
    const reached: string[] = []
    const visit = (name: string) => {
      const chain = byName.get(name)
      if (chain === undefined || reached.includes(name)) return
      reached.push(name)
      for (const { target } of chain.rules) if (target?.kind === 'jump' || target?.kind === 'goto') visit(target.chain)
    }
    visit(hook.toUpperCase())
    return reached.map((name) => {
      const chain = byName.get(name)
      return {
        title: `${table.name} ${name}`,
        policy: chain?.policy ?? null,
        rules: chain?.rules.map((rule) => rule.text) ?? [],
      }
    })
  })
}
