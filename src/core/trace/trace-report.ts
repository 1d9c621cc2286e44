import type { IcmpHeader, Packet, Protocol } from '../net/packet.ts'
import type { Disposition } from './disposition.ts'
import type { Flow } from './flow.ts'
import type { Step } from './step.ts'

export const TRACE_SCHEMA = 'hopwire.trace/1'

/** What `tcpdump -i any` in the hop's namespace prints for the hop's device. `length` is the IP packet's, in bytes. */
export interface Frame {
  readonly direction: 'in' | 'out'
  readonly src: string
  readonly dst: string
  readonly protocol: Protocol
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly icmp?: IcmpHeader
  readonly arp?: 'request' | 'reply'
  readonly ttl: number
  readonly sourceMac: string | null
  readonly destinationMac: string | null
  readonly length: number
  /**
   * Observed only: microseconds since the first frame of the report, by the kernel's clock. An observed report's frame
   * without it was not seen: it is filled in from the prediction where nothing could be watched.
   */
  readonly at?: number
}

/** What part of the picture a hop is. `stack` is a namespace's own IP stack: it has steps and no frames. */
export type HopKind = 'interface' | 'veth' | 'bridge' | 'stack' | 'nic' | 'loopback' | 'tunnel' | 'external'

/**
 * One place that the packet visits. `netns` is `host`, `container:NAME`, `sandbox:NAME` or `external`; `device` is null
 * for `stack` and `external`. `packet` is the headers on arrival at this hop (before its steps).
 */
export interface Hop {
  readonly netns: string
  readonly device: string | null
  readonly kind: HopKind
  readonly packet: Packet
  readonly frames: readonly Frame[]
  readonly steps: readonly Step[]
}

/** One packet's way, from where it was made to where it ended. `reason` is one plain sentence. */
export interface Trace {
  readonly disposition: Disposition
  readonly reason: string
  readonly hops: readonly Hop[]
}

/** One question and its answer. `main` is true for exactly one exchange of a report: the flow that was asked about. */
export interface Exchange {
  /** `DNS facebook.com`, `ARP 172.17.0.1`, `ICMP echo`, `TCP SYN`, `docker-proxy TCP SYN` ... */
  readonly label: string
  readonly protocol: Protocol | 'dns'
  readonly main: boolean
  readonly forward: Trace
  /** The answer's way, or the way of the ICMP error or reset that came instead; null when nothing comes back. */
  readonly reply: Trace | null
}

/** The engine whose host was traced, for headings. */
export interface ReportEngine {
  readonly name: string
  readonly version: string
}

/** One conversation, predicted or observed. The disposition and the reason are those of the main exchange. */
export interface TraceReport {
  readonly schema: typeof TRACE_SCHEMA
  readonly origin: 'predicted' | 'observed'
  readonly engine: ReportEngine
  readonly flow: Flow
  readonly disposition: Disposition
  readonly reason: string
  readonly exchanges: readonly Exchange[]
  /** Things the reader should know: gaps that were met, unsupported features, assumptions. */
  readonly warnings: readonly string[]
}
