/** Traffic as it is: what can be watched, and what is told of it. Plain JSON, as everything that crosses the protocol. */
import type { Family, Packet, Protocol } from '../net/packet.ts'
import type { Flow } from '../trace/flow.ts'
import type { ConntrackTuple } from '../host/conntrack-entry.ts'

/** What is watched. `netns` as in `Hop.netns`: `host` or `container:NAME`. */
export type WatchTarget =
  | { readonly kind: 'host' }
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'network'; readonly name: string }
  | { readonly kind: 'device'; readonly netns: string; readonly device: string }

/** `ended`: nothing more comes, but what was kept can still be read and exported. An imported file is `ended` at once. */
export type WatchStage = 'starting' | 'running' | 'paused' | 'ended'

/** One watch. */
export interface WatchInfo {
  readonly id: string
  /** Null for an imported capture. */
  readonly target: WatchTarget | null
  /** `container web`, `eth0 in container:web`, `capture trace.pcapng`. */
  readonly label: string
  /** The user's own BPF filter; empty for none. */
  readonly filter: string
  /** The most that the ring keeps of packets, in bytes. */
  readonly ringBytes: number
  readonly stage: WatchStage
  /** Why it ended by itself, or what is wrong while it goes on; one sentence. */
  readonly problem: string | null
  /** Where is listened, and the filter there: the user's and what confines it to the target. */
  readonly places: readonly { readonly netns: string; readonly filter: string }[]
  /** What the watch does without and why, one sentence each. */
  readonly lacks: readonly string[]
  /** Hopwire's own traffic, which is not shown; one sentence each. */
  readonly leftOut: readonly string[]
}

/** What is told of a running watch, about four times a second. */
export interface WatchUpdate {
  readonly id: string
  readonly stage: WatchStage
  readonly problem: string | null
  /** Milliseconds since the watch began, and since the update before this one. */
  readonly elapsed: number
  readonly interval: number
  readonly totals: WatchTotals
  readonly ring: WatchRing
  /** New ones and those that changed since the update before; `watchFlows` gives all. */
  readonly flows: readonly WatchFlow[]
  /** Ids of flows that the table no longer has. */
  readonly gone: readonly number[]
  /** Devices at which packets were seen in this interval. */
  readonly hops: readonly WatchHop[]
  /** Single packets, of those hops that are not `aggregated`, in the order in which they were seen. */
  readonly moves: readonly WatchMove[]
}

/** Counts since the watch began. A packet is counted at every device that it passes. */
export interface WatchTotals {
  readonly packets: number
  readonly bytes: number
  /** Dropped by the kernel before they could be read, by tcpdump's own counters. */
  readonly lost: number
  /** Went by while the watch was paused. */
  readonly paused: number
  /** Hopwire's own, left out. */
  readonly own: number
  /** Neither IP nor ARP, or with headers that cannot be read; they are kept in the ring. */
  readonly unread: number
  /** Flows that the table let go of because it was full, oldest first. */
  readonly forgotten: number
}

/** What is kept: packets `first` to `next - 1`, by their numbers. */
export interface WatchRing {
  readonly packets: number
  readonly bytes: number
  readonly capacity: number
  readonly first: number
  readonly next: number
}

/** Packets and the bytes of their IP packets, as the device saw them that saw the most. */
export interface WatchCount {
  readonly packets: number
  readonly bytes: number
}

/** One end of a flow: `name` is a container's, `host`, or the address; `netns` null where nobody here has it. */
export interface WatchEnd {
  readonly name: string
  readonly netns: string | null
}

/** How it is known which end began: conntrack says so, its SYN or echo request was seen, or it sent the first packet seen. */
export type DirectionSource = 'conntrack' | 'opening' | 'first-packet'

/** A connection, or what looks like one where nothing is tracked. Times are milliseconds since the watch began. */
export interface WatchFlow {
  readonly id: number
  readonly family: Family
  readonly protocol: Protocol
  /** From the end that began, as it sent it. */
  readonly original: ConntrackTuple
  /** As the other end answers: the mirror of `original` unless it is translated. */
  readonly reply: ConntrackTuple
  readonly directionFrom: DirectionSource
  readonly from: WatchEnd
  /** Where it really leads: the end that answers. */
  readonly to: WatchEnd
  /** What stands in for the source and the destination after translation; null where nothing does. */
  readonly nat: { readonly source: string | null; readonly destination: string | null } | null
  /** Conntrack's word, `ESTABLISHED`; null for protocols that have none and where nothing is tracked. */
  readonly state: string | null
  /** `ASSURED`, `UNREPLIED` ...; null where nothing is tracked. */
  readonly flags: readonly string[] | null
  readonly sent: WatchCount
  readonly returned: WatchCount
  /** Of both directions, over the last second. */
  readonly packetsPerSecond: number
  readonly bytesPerSecond: number
  readonly firstSeen: number
  readonly lastSeen: number
  /** Conntrack has destroyed its entry. */
  readonly ended: boolean
  /** What to ask `trace` for: exactly this tuple. Null for protocols that cannot be traced. */
  readonly trace: Flow | null
}

/** One device, one direction, in one interval. */
export interface WatchHop {
  readonly netns: string
  readonly device: string
  readonly direction: 'in' | 'out'
  readonly packets: number
  readonly bytes: number
  readonly packetsPerSecond: number
  readonly bytesPerSecond: number
  /** More than an eye can follow one by one: its packets are not among the moves. */
  readonly aggregated: boolean
}

/** One packet at one device. `at` is milliseconds since the watch began, by the kernel's stamp. */
export interface WatchMove {
  /** Its number in the ring. */
  readonly seq: number
  readonly flow: number | null
  readonly netns: string
  readonly device: string
  readonly direction: 'in' | 'out'
  readonly at: number
}

/** One packet of the ring, and where on the picture it was. */
export interface WatchPacket {
  readonly seq: number
  /** Since the epoch, by the kernel's clock. */
  readonly seconds: number
  readonly nanoseconds: number
  /** Null where a file's interface is none of this host's. */
  readonly netns: string | null
  readonly device: string
  readonly direction: 'in' | 'out' | null
  /** It came in for another MAC address, as packets do on a bridge's port. */
  readonly otherHost: boolean
  readonly flow: number | null
  /** Null where it is neither IP nor ARP; `problem` then says what it is, or why it cannot be read. */
  readonly packet: Packet | null
  readonly problem: string | null
  /** Bytes on the wire as the capture tells them, and those that were kept. */
  readonly length: number
  readonly kept: number
  readonly comments: readonly string[]
}

/** What an imported capture is on this host. */
export interface ImportedCapture {
  readonly watch: WatchInfo
  readonly application: string
  readonly packets: number
  readonly places: readonly ImportedPlace[]
  /** What of the file cannot be read, with the byte where. */
  readonly problems: readonly { readonly message: string; readonly offset: number }[]
}

/** One interface of a capture: `by` tells how its place was found; `netns` null: it matches none here, and `why` says so. */
export interface ImportedPlace {
  readonly interface: string
  readonly packets: number
  readonly netns: string | null
  readonly device: string | null
  readonly by: 'name' | 'addresses' | null
  readonly why: string
}
