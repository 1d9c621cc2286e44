import { tupleOf } from '../net/reverse-tuple.ts'
import type { Packet } from '../net/packet.ts'
import type { Expectation } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/** Tells whether a packet is the answer, or the error about the packet, that a sender waits for in a namespace. */
export function matchesExpectation(expected: Expectation, ns: PreparedNamespace, packet: Packet): boolean {
  return expected.namespace === ns.netns.id && answersPacket(expected.sent, packet)
}

/** Tells whether a packet is addressed as the answer to another one is, or quotes it. */
export function answersPacket(sent: Packet, packet: Packet): boolean {
  if (packet.quoted !== undefined) return sameEnds(tupleOf(sent), tupleOf(packet.quoted)) && packet.dst === sent.src
  const asked = tupleOf(sent)
  const got = tupleOf(packet)
  if (sent.icmp !== undefined)
    return got.src === asked.dst && got.dst === asked.src && got.sourcePort === asked.sourcePort
  return (
    got.src === asked.dst &&
    got.dst === asked.src &&
    got.sourcePort === asked.destinationPort &&
    got.destinationPort === asked.sourcePort
  )
}

type Ends = ReturnType<typeof tupleOf>

function sameEnds(left: Ends, right: Ends): boolean {
  return (
    left.src === right.src &&
    left.dst === right.dst &&
    left.sourcePort === right.sourcePort &&
    left.destinationPort === right.destinationPort
  )
}
