/**
 * A plan is everything that one topology of a run consists of, as plain JSON: printed, saved beside a fixture, replayed.
 *
 * Texts may hold places that are filled in once the topology is up: `{c1@hw1}` the address of c1 on network hw1, `{gw@hw1}`
 * the gateway, `{net@hw1}` the subnet, `{free@hw1}` an address of it that nobody has, `{mac:c1@hw1}` a MAC, `{nic}` and
 * `{nic2}` the host's own addresses; `{6:c1@hw1}`, `{6:nic}` and so on are the same in IPv6.
 */

/** The version of IP. A plan that was saved before there was any choice says nothing: IPv4. */
export type Family = 4 | 6

/** How the engine is started; topologies of one variant share one engine. */
export interface EngineVariant {
  readonly generation: '20' | '28'
  readonly userlandProxy: boolean
  /** docker0 has IPv6, and the daemon is told to write ip6tables rules (28 does so anyhow). */
  readonly ipv6: boolean
}

/** A user network. Its bridge has the network's name. */
export interface NetworkPlan {
  readonly name: string
  readonly subnet: string
  /** Null for a network of IPv4 alone. */
  readonly subnet6: string | null
  readonly internal: boolean
  readonly icc: boolean
  readonly masquerade: boolean
}

/** One `-p`. `hostAddress` null publishes on all addresses; one of IPv6 is in brackets. */
export interface PublishPlan {
  readonly hostAddress: string | null
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: 'tcp' | 'udp'
}

/** A container: its networks in the order of attachment (`bridge` is docker0), or another mode. */
export interface ContainerPlan {
  readonly name: string
  readonly mode: 'networks' | 'none' | 'host' | `container:${string}`
  readonly networks: readonly string[]
  readonly publish: readonly PublishPlan[]
  /** Ports on which something listens, on all addresses. */
  readonly tcp: readonly number[]
  readonly udp: readonly number[]
}

/** The arguments of one call of iptables or ip6tables, without `-t`. */
export interface RulePlan {
  readonly family: Family
  readonly table: 'raw' | 'mangle' | 'nat' | 'filter'
  readonly chain: string
  readonly at: 'insert' | 'append'
  readonly spec: string
}

/** Where a flow starts: a container, the host, or a machine outside (`client` of the LAN, `web` of the internet). */
export type SenderPlan =
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'host' }
  | { readonly kind: 'outside'; readonly machine: 'client' | 'web' }

/** One probe. `size` is the payload of ICMP and UDP in bytes. */
export interface FlowPlan {
  readonly from: SenderPlan
  readonly to: string
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  readonly port?: number
  readonly ttl?: number
  readonly size?: number
  readonly df?: boolean
}

/** A chain of the user's own. */
export interface ChainPlan extends Pick<RulePlan, 'family' | 'table'> {
  readonly name: string
}

/** What is laid over a topology for some flows, and taken away after them. */
export interface RoundPlan {
  /** User-defined chains, made before the rules. */
  readonly chains: readonly ChainPlan[]
  readonly rules: readonly RulePlan[]
  readonly sysctls: Readonly<Record<string, string>>
  /** The MTU of the LAN and of all that is plugged in there. */
  readonly uplinkMtu: number
  /** `ip` commands on the host with what undoes each. */
  readonly commands: readonly { readonly run: string; readonly undo: string }[]
  /** A bridge that forgets where the machines are, and learns no more; a plan that was saved before there was any has none. */
  readonly forgets?: string | null
  readonly flows: readonly FlowPlan[]
}

export interface TopologyPlan {
  readonly seed: number
  readonly index: number
  readonly engine: EngineVariant
  readonly networks: readonly NetworkPlan[]
  readonly containers: readonly ContainerPlan[]
  /** Ports on which the host itself listens, on all addresses. */
  readonly hostTcp: readonly number[]
  readonly hostUdp: readonly number[]
  readonly rounds: readonly RoundPlan[]
}
