import type { Protocol } from '../net/packet.ts'

/** One direction of a tracked connection. ICMP echo keeps its id in `sourcePort` on both sides. */
export interface ConntrackTuple {
  readonly src: string
  readonly dst: string
  readonly sourcePort?: number
  readonly destinationPort?: number
}

/** One entry of `conntrack -L -o extended`, as it was when the host was read. */
export interface ConntrackEntry {
  readonly family: 4 | 6
  readonly protocol: Protocol
  readonly timeoutSeconds: number
  readonly state: string | null
  readonly original: ConntrackTuple
  readonly reply: ConntrackTuple
  /** `ASSURED`, `UNREPLIED` ... */
  readonly flags: readonly string[]
  readonly mark: number
  readonly zone: number
}
