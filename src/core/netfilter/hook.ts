import type { AddressType } from '../host/match.ts'
import type { Hook } from '../host/ruleset.ts'
import type { NetNamespace } from '../host/namespace.ts'
import type { Socket } from '../host/socket.ts'
import type { Packet } from '../net/packet.ts'
import type { Step } from '../trace/step.ts'
import type { ConntrackTable, ConntrackView } from './conntrack.ts'
import type { CompiledRulesets } from './compile-rulesets.ts'
import type { RuleMemory } from './rule-memory.ts'

/**
 * What netfilter asks of the routing side. The tracer supplies it (core/netfilter may not import core/forward).
 */
export interface FibQuery {
  /** `fib daddr type` / addrtype: the kernel's inet_addr_type, restricted to a device where one is named. */
  addressType(family: 4 | 6, address: string, device: string | null): AddressType
  /** The address that MASQUERADE takes on a device for a next hop (inet_select_addr); null when it has none. */
  sourceFor(family: 4 | 6, device: string, nextHop: string): string | null
  /** nftables' `fib ... oif`: the device of the unicast route to an address; `none` where there is none. */
  routeDevice?(query: RouteDeviceQuery): RouteDevice
}

/** `device` asks whether the route may use that device; `inDevice` is what the packet is taken to have come in by. */
export interface RouteDeviceQuery {
  readonly family: 4 | 6
  readonly destination: string
  readonly source: string
  readonly mark: number
  readonly inDevice: string
  readonly device: string | null
}

/** The answer to a RouteDeviceQuery. */
export type RouteDevice =
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly what: string }

/** One namespace as netfilter sees it while a conversation is simulated. */
export interface NetfilterContext {
  readonly netns: NetNamespace
  readonly rules: CompiledRulesets
  /** Mutable: entries made by earlier packets of the conversation are found by later ones. */
  readonly conntrack: ConntrackTable
  readonly fib: FibQuery
  /** Mutable, as the connections. */
  readonly memory: RuleMemory
  /** The host's kernel release (`6.1.0-18-amd64`); some choices of NAT differ. Missing where it is not known. */
  readonly kernel?: string
  /** Returns the listening socket that would take a packet, null for none; missing where sockets are not known. */
  readonly findListener?: (query: ListenerQuery) => Socket | null
}

/** A packet that looks for its socket, as in core/forward. */
export interface ListenerQuery {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly family: 4 | 6
  readonly destination: string
  readonly port: number
  readonly device: string
}

/** A packet with what the kernel keeps beside it while it stays in one namespace. */
export interface Skb {
  readonly packet: Packet
  readonly mark: number
  /** The attached connection; kept over `lo` and from a bridge port to its bridge, lost when a veth is crossed. */
  readonly conntrack: ConntrackView | null
}

/** One visit to one hook. Devices are null where the kernel has none there (no `in` for local or bridged POSTROUTING). */
export interface HookCall {
  readonly hook: Hook
  readonly skb: Skb
  readonly inDevice: string | null
  readonly outDevice: string | null
  /** Bridge ports, for physdev; null for packets that are not bridged. */
  readonly physIn: string | null
  readonly physOut: string | null
  /** The next hop that routing chose (postrouting), for MASQUERADE; null when bridged. */
  readonly nextHop: string | null
  /** Link-layer type of an arriving frame, for `pkttype`. */
  readonly packetType: 'unicast' | 'broadcast' | 'multicast'
  /**
   * OUTPUT only: asked where the kernel routes the packet anew, after a chain that may turn it has done so; tells whether
   * there is a way. Without one it is dropped there, before any chain that is still to come (linux:net/ipv4/netfilter.c ip_route_me_harder).
   */
  readonly hasWay?: (skb: Skb) => boolean
}

/** What a REJECT answers with, for the tracer to send. */
export interface RejectAnswer {
  readonly with: string
  readonly rule: string
}

/**
 * The hook's judgement. `skb` is the packet as it leaves the hook (rewritten by NAT or mangle), `steps` what happened
 * in the kernel's order. `cannot-tell` carries the reason in its last step, which is of kind `unknown`.
 */
export interface HookOutcome {
  readonly verdict: 'accept' | 'drop' | 'reject' | 'cannot-tell'
  readonly skb: Skb
  readonly steps: readonly Step[]
  readonly reject: RejectAnswer | null
  /** One sentence for the report when the verdict is not accept. */
  readonly reason: string
}

/** Options for a whole run. */
export interface NetfilterOptions {
  /** Record rules that were tried and did not match. */
  readonly tried: boolean
}
