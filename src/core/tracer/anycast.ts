import { findAddressType } from '../forward/find-address-type.ts'
import type { Socket } from '../host/socket.ts'
import { formatEnd } from '../net/format-packet.ts'
import type { Packet } from '../net/packet.ts'
import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/**
 * Tells whether a packet came to an anycast address of the namespace, as is the first one of each IPv6 subnet of a host that
 * forwards (linux:net/ipv6/addrconf.c addrconf_join_anycast). Echo requests to it are answered from another address
 * (icmp.c icmpv6_echo_reply).
 */
export function isAnycast(ns: PreparedNamespace, { family, dst }: Packet): boolean {
  return family === 6 && findAddressType(ns.index, 6, dst, null) === 'ANYCAST'
}

/**
 * TCP takes no connection on an anycast address, and says nothing, whether something listens or not
 * (linux:net/ipv6/tcp_ipv6.c tcp_v6_conn_request, tcp_v6_send_reset: ipv6_unicast_destination).
 */
export function refuseAnycast(journey: Journey, ns: PreparedNamespace, packet: Packet, socket: Socket | null): Ending {
  const place = formatEnd(packet.dst, packet.destinationPort ?? 0)
  const why = `${packet.dst} is an anycast address of ${ns.netns.name}, on which TCP takes no connections and sends no resets.`
  addStep(journey.log, { kind: 'drop', reason: socket === null ? 'NO_SOCKET' : 'NOT_SPECIFIED', why })
  return socket === null
    ? end('nothing-listening', `Nothing listens on tcp ${place} in ${ns.netns.name}, and nothing is said. ${why}`)
    : end('dropped', why)
}
