import type { Protocol } from '../../src/core/net/packet.ts'

/** One frame as a capture in one namespace saw it, reduced to what is compared. */
export interface TruthFrame {
  readonly netns: string
  readonly device: string
  readonly direction: 'in' | 'out'
  readonly protocol: Protocol
  readonly src: string
  readonly dst: string
  readonly sourcePort: number | null
  readonly destinationPort: number | null
  readonly icmp: string | null
  readonly ttl: number
}

/** One rule whose counter rose, and how often. */
export interface TruthRule {
  readonly netns: string
  readonly family: 'ip' | 'ip6'
  readonly table: string
  readonly chain: string
  readonly rule: string
  readonly times: number
}

/**
 * What the sender of a probe sees: `reply` (echo reply, SYN-ACK, datagram), `refused` (TCP reset to the SYN), `reset` (a
 * connection that opens and is then reset), `unreachable T/C from A` (an ICMP error), `error NAME` (its own kernel refuses to
 * send), `silence`.
 */
export type Outcome = string

/** Everything that one probe showed: the sender's view, the frames in the order of each namespace, the rules that matched. */
export interface Truth {
  readonly outcome: Outcome
  readonly frames: readonly TruthFrame[]
  readonly rules: readonly TruthRule[]
}

/** One line per frame, for messages and for comparison. */
export function showFrame(frame: TruthFrame): string {
  const port = (value: number | null): string => (value === null ? '' : `:${value}`)
  const icmp = frame.icmp === null ? '' : ` ${frame.icmp}`
  const ends = `${frame.src}${port(frame.sourcePort)} > ${frame.dst}${port(frame.destinationPort)}`
  return `${frame.netns} ${frame.device} ${frame.direction} ${frame.protocol} ${ends}${icmp} ttl ${frame.ttl}`
}

/** One line per rule, without its count. */
export function showRule(rule: TruthRule): string {
  return `${rule.netns} ${rule.family} ${rule.table} ${rule.chain}: ${rule.rule}`
}
