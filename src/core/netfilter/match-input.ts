import type { NetNamespace } from '../host/namespace.ts'
import type { Hook, IpSet } from '../host/ruleset.ts'
import { parseIpv4, parseIpv6 } from '../net/address.ts'
import type { Packet } from '../net/packet.ts'
import { protocolNumber } from '../net/protocol-number.ts'
import type { ConntrackTable, ConntrackView } from './conntrack.ts'
import type { FibQuery, HookCall, NetfilterContext } from './hook.ts'
import type { RuleMemory } from './rule-memory.ts'

/** An address as big-endian 32-bit words (signed, as JavaScript's bit operators give them): one for IPv4, four for IPv6. */
export type AddressWords = readonly [number, number, number, number]

/**
 * A packet at a hook, prepared so that a rule compares numbers. It changes within one visit when a rule rewrites the
 * packet; `setPacket` keeps all fields together. Devices are never null here: the kernel compares with an empty name
 * where there is no device (ip_tables.c `nulldevname`).
 */
export interface MatchInput {
  packet: Packet
  src: AddressWords
  dst: AddressWords
  protocol: number
  /** -1 where the protocol has no ports. */
  sourcePort: number
  destinationPort: number
  mark: number
  conntrack: ConntrackView | null
  readonly hook: Hook
  readonly inDevice: string
  readonly outDevice: string
  readonly physIn: string | null
  readonly physOut: string | null
  readonly packetType: HookCall['packetType']
  readonly fib: FibQuery
  readonly ipsets: readonly IpSet[] | null
  readonly netns: NetNamespace
  /** The kernel's release, null where it is not known. */
  readonly kernel: string | null
  readonly connections: ConntrackTable
  readonly findListener: NonNullable<NetfilterContext['findListener']> | null
  memory: RuleMemory
  /** The conntrack zone that a CT rule has put the packet into. */
  zone: number
  /** Why the condition that was asked last cannot be told; empty for one that says no more than that. */
  doubt: string
  /** Why the rule that was asked last cannot be told. */
  doubts: readonly string[]
  /** `doubtful`: a condition before this one could not be told. `looking`: asked for words only, and nothing is remembered. */
  asking: 'surely' | 'doubtful' | 'looking'
}

/** Returns the input for one visit to a hook. */
export function createMatchInput(call: HookCall, context: NetfilterContext): MatchInput {
  const { packet } = call.skb
  return {
    packet,
    src: addressWords(packet.family, packet.src),
    dst: addressWords(packet.family, packet.dst),
    protocol: protocolNumber(packet.protocol) ?? -1,
    sourcePort: packet.sourcePort ?? -1,
    destinationPort: packet.destinationPort ?? -1,
    mark: call.skb.mark >>> 0,
    conntrack: call.skb.conntrack,
    hook: call.hook,
    inDevice: call.inDevice ?? '',
    outDevice: call.outDevice ?? '',
    physIn: call.physIn,
    physOut: call.physOut,
    packetType: call.packetType,
    fib: context.fib,
    ipsets: context.rules.ipsets,
    netns: context.netns,
    kernel: context.kernel ?? null,
    connections: context.conntrack,
    findListener: context.findListener ?? null,
    memory: context.memory,
    zone: 0,
    doubt: '',
    doubts: [],
    asking: 'surely',
  }
}

/** Puts a rewritten packet in place of the present one. */
export function setPacket(input: MatchInput, packet: Packet): void {
  if (packet.src !== input.packet.src) input.src = addressWords(packet.family, packet.src)
  if (packet.dst !== input.packet.dst) input.dst = addressWords(packet.family, packet.dst)
  input.packet = packet
  input.sourcePort = packet.sourcePort ?? -1
  input.destinationPort = packet.destinationPort ?? -1
}

/** Returns the words of an address. Throws on a text that is no address: packets carry canonical ones. */
export function addressWords(family: 4 | 6, address: string): AddressWords {
  if (family === 4) {
    const value = parseIpv4(address)
    if (value === null) throw new Error(`not an IPv4 address: ${address}`)
    return [value | 0, 0, 0, 0]
  }
  const value = parseIpv6(address)
  if (value === null) throw new Error(`not an IPv6 address: ${address}`)
  return bigintWords(value)
}

/** Returns the four words of a 128-bit number. */
export function bigintWords(value: bigint): AddressWords {
  const word = (shift: bigint): number => Number((value >> shift) & 0xffffffffn) | 0
  return [word(96n), word(64n), word(32n), word(0n)]
}
