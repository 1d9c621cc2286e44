import type { Packet } from '../net/packet.ts'
import type { TableFamily } from '../host/ruleset.ts'

/**
 * What was seen of one probe and of all that it caused, from every namespace that was watched, as plain JSON: the seam
 * between those who watch (backend) and the report that is made of it (observe-trace). Names of namespaces are those of
 * `Hop.netns`. Times are microseconds since the first frame that was seen, by the kernel's one clock.
 */
export interface Observation {
  readonly frames: readonly SeenFrame[]
  readonly rules: readonly SeenRule[]
  readonly drops: readonly SeenDrop[]
  readonly counters: readonly SeenCounter[]
  /** What the sender's own system call or socket said. */
  readonly sender: SenderResult
  readonly watched: readonly WatchedNamespace[]
}

/** By what a packet is known again behind NAT. Never by time, never by a trace id alone: the kernel uses those again. */
export interface PacketIdentity {
  /** IPv4 identification; 0 says nothing (the kernel's own packets with DF). */
  readonly ipId?: number
  readonly tcpSequence?: number
  readonly tcpAcknowledgement?: number
  /** The first bytes behind the transport header, hexadecimal: the probe's own begin with its cookie; of neighbour discovery, the address asked for. */
  readonly payload?: string
  /** Bytes, of a fragment: `offset` 0 for the first one. */
  readonly fragment?: { readonly offset: number; readonly more: boolean }
}

/** One packet at one device: one line of `tcpdump -i any`. */
export interface SeenFrame {
  readonly netns: string
  readonly device: string
  readonly direction: 'in' | 'out'
  /** It came in for another MAC address, as packets do on a bridge's port. */
  readonly otherHost: boolean
  readonly packet: Packet
  readonly identity: PacketIdentity
  readonly at: number
}

/** One line that `nft monitor trace` printed. Events of one namespace stand in the order in which they came. */
export interface SeenRule {
  readonly netns: string
  readonly traceId: string
  readonly family: TableFamily
  readonly table: string
  readonly chain: string
  readonly event:
    | {
        readonly kind: 'packet'
        readonly packet: Packet
        readonly identity: PacketIdentity
        readonly inDevice: string | null
        readonly outDevice: string | null
      }
    /** A piece of a packet of IPv6, of which nft prints too little to know it by. */
    | { readonly kind: 'piece' }
    | {
        readonly kind: 'rule'
        /** Its line of `iptables-save`, or its nft text; as nft traced it where its place is not known. */
        readonly rule: string
        readonly handle: number | null
        /** `accept`, `jump DOCKER-USER`, `continue` ... as nft prints it. */
        readonly verdict: string
      }
    /** A chain that ends without a verdict of a rule: `return`, `continue`. */
    | { readonly kind: 'verdict'; readonly verdict: string }
    | { readonly kind: 'policy'; readonly verdict: 'accept' | 'drop' }
    | { readonly kind: 'conntrack'; readonly text: string }
}

/** The kernel freed a packet and said why (tracepoint skb:kfree_skb). It does not say which: `device` is where it was last. */
export interface SeenDrop {
  /** `IP_RPFILTER`, `NETFILTER_DROP` ... */
  readonly reason: string
  /** The kernel's function, without its offset. */
  readonly location: string
  /** EtherType of the packet, where it is told; 0 for one that never had one. */
  readonly etherType: number | null
  readonly device: string | null
  /** Length of the frame that was freed, bytes, where known. */
  readonly length: number | null
  readonly at: number
}

/** A rule whose packet counter rose while the probe was under way; on a busy host others may have raised it. */
export interface SeenCounter {
  readonly netns: string
  readonly family: 'ip' | 'ip6'
  readonly backend: 'nft' | 'legacy'
  readonly table: string
  readonly chain: string
  /** Its line of `iptables-save`. */
  readonly rule: string
  readonly times: number
}

/**
 * What came back to the program that sent. `not-sent`: its kernel refused the packet, which is a fate of the packet, or nobody
 * here sends; `unable`: it could not even ask for that, which says nothing about any packet.
 */
export interface SenderResult {
  readonly outcome:
    | 'reply'
    | 'refused'
    | 'unreachable'
    | 'connected'
    | 'reset'
    | 'error'
    | 'silence'
    | 'not-sent'
    | 'unable'
  /** `3/1 from 172.17.0.1`, `EHOSTUNREACH`, why it was unable ...: the part that the outcome leaves open; empty where there is none. */
  readonly detail: string
  /** Microseconds from sending to the answer; null without one. */
  readonly roundTrip: number | null
}

/** One namespace, and what of it could not be watched and why, in words that a user can act on. */
export interface WatchedNamespace {
  readonly netns: string
  readonly lacks: readonly Lack[]
  /** Present where the process that it was known by was there when the host was read, and gone when the watch was over. */
  readonly ended?: EndedNamespace
}

/** What else was gone by then: the other ends of its wires, `veth9e450c0 of host`. */
export interface EndedNamespace {
  readonly gone: readonly string[]
}

/** Something that a live trace does without. */
export interface Lack {
  readonly what: 'rules' | 'frames' | 'drop-reasons' | 'counters' | 'namespace'
  /** `this host has rules of iptables-legacy, which the kernel does not trace`. */
  readonly why: string
}
