/**
 * Packets as they were at devices, in memory: what a pcapng file holds. Times are two integers, because nanoseconds since
 * the epoch do not fit one JavaScript number.
 */
export interface Capture {
  /** The program that made it; empty when the file does not say. */
  readonly application: string
  readonly comments: readonly string[]
  readonly interfaces: readonly CaptureInterface[]
  readonly packets: readonly CapturedPacket[]
  /** Names of addresses, shown by Wireshark when it resolves names. */
  readonly names: readonly AddressName[]
}

/** A device of one namespace. `linkType` is libpcap's LINKTYPE_ number. */
export interface CaptureInterface {
  /** `host/docker0`, `container:web/eth0` when Hopwire wrote it. */
  readonly name: string
  readonly description: string
  readonly linkType: number
}

/** One packet. `data` starts with the link header that its interface's link type has. */
export interface CapturedPacket {
  readonly interface: number
  readonly seconds: number
  readonly nanoseconds: number
  readonly direction: 'in' | 'out' | null
  /** Bytes that the packet had on the wire; `data` may be shorter. */
  readonly length: number
  readonly data: Uint8Array
  readonly comments: readonly string[]
}

/** An address (text) and a name for it. */
export interface AddressName {
  readonly address: string
  readonly name: string
}

/** libpcap's numbers of the link types that Hopwire meets. */
export const LINK_TYPES = { ethernet: 1, raw: 101, linuxSll: 113, linuxSll2: 276, ipv4: 228, ipv6: 229 } as const
