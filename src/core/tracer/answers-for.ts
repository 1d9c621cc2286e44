import { readMaxConf } from '../forward/read-sysctl.ts'
import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import { solicitedGroup } from './make-solicitation.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/**
 * Tells whether a question for an address is answered on a device. Any of a namespace's IPv4 addresses is answered on any of its
 * devices, unless arp_ignore says otherwise; an IPv6 one on its own device alone, once it is known to be unique
 * (linux:net/ipv6/ndisc.c ndisc_recv_ns).
 */
export function answersFor(ns: PreparedNamespace, device: Interface, target: string): boolean {
  if (target.includes(':'))
    return device.addresses.some((entry) => entry.address === target && entry.tentative !== true)
  const owner = ns.index.addresses.get(target)
  if (owner === undefined) return false
  return (
    readMaxConf(ns.netns, device.name, 'arp_ignore') === 0 || device.addresses.some((entry) => entry.address === target)
  )
}

/** Tells whether a device takes what goes to a group that one of its own addresses is in (linux:net/ipv6/ip6_input.c ip6_mc_input). */
export function listens(device: Interface, packet: Packet): boolean {
  return (
    packet.family === 6 &&
    device.addresses.some((entry) => entry.family === 6 && solicitedGroup(entry.address) === packet.dst)
  )
}
