import type { Packet } from '../net/packet.ts'
import type { Connection, ConntrackView, Direction } from './conntrack.ts'
import { type CtTuple, invertTuple } from './conntrack-tuple.ts'
import type { Manip } from './setup-nat.ts'
import { isIcmpError } from './track-packet.ts'

/**
 * Returns a packet as the nat hook of one side leaves it, the same object where its connection is not translated on
 * that side. Prerouting and output rewrite the destination, input and postrouting the source; for the reply direction
 * the sides are exchanged. Follows linux:net/netfilter/nf_nat_core.c nf_nat_packet and nf_nat_proto.c
 * nf_nat_icmp_reply_translation.
 */
export function applyNat(packet: Packet, view: ConntrackView, manip: Manip): Packet {
  const { connection, direction } = view
  if (connection === null) return packet
  const side = direction === 'original' ? manip : other(manip)
  if (!(side === 'source' ? connection.sourceNat : connection.destinationNat)) return packet
  const opposite = tupleOf(connection, direction === 'original' ? 'reply' : 'original')
  const target = invertTuple(connection.protocol, opposite)
  if (view.state === 'related' && isIcmpError(packet)) return translateError(packet, opposite, target, manip)
  return rewrite(packet, target, manip)
}

function other(manip: Manip): Manip {
  return manip === 'source' ? 'destination' : 'source'
}

function tupleOf(connection: Connection, direction: Direction): CtTuple {
  return direction === 'original' ? connection.original : connection.reply
}

/** Writes one side of a tuple into a packet; an echo has one id, whichever side is rewritten (icmp_manip_pkt). */
function rewrite(packet: Packet, tuple: CtTuple, manip: Manip): Packet {
  const moved: Packet = manip === 'source' ? { ...packet, src: tuple.src } : { ...packet, dst: tuple.dst }
  if (packet.icmp !== undefined) {
    return packet.icmp.id === undefined ? moved : { ...moved, icmp: { ...packet.icmp, id: tuple.sourcePart } }
  }
  if (packet.sourcePort === undefined) return moved
  return manip === 'source'
    ? { ...moved, sourcePort: tuple.sourcePart }
    : { ...moved, destinationPort: tuple.destinationPart }
}

/** An ICMP error: the quoted packet travelled the other way, so its opposite side is translated as well. */
function translateError(packet: Packet, opposite: CtTuple, target: CtTuple, manip: Manip): Packet {
  const outer: Packet = manip === 'source' ? { ...packet, src: target.src } : { ...packet, dst: target.dst }
  return packet.quoted === undefined ? outer : { ...outer, quoted: rewrite(packet.quoted, opposite, other(manip)) }
}
