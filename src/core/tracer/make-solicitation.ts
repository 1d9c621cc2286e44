import type { Interface } from '../host/interface.ts'
import { formatIpv6, parseIpv6 } from '../net/address.ts'
import type { Packet } from '../net/packet.ts'

/** Header, solicitation or advertisement, and the option with the sender's link-layer address. */
const LENGTH = 40 + 24 + 8

/** Discovery says that it comes from the link itself (RFC 4861: anything else is dropped). */
const HOP_LIMIT = 255

/** Returns the group that all devices with an address's last three bytes are in: `ff02::1:ffXX:XXXX` (RFC 4291). */
export function solicitedGroup(address: string): string {
  const bits = parseIpv6(address)
  return bits === null ? 'ff02::1' : formatIpv6((0xff0200000000000000000001ff000000n & ~0xffffffn) | (bits & 0xffffffn))
}

/** Returns the MAC of a group address: `33:33` and its last four bytes (RFC 2464). */
function groupMac(group: string): string {
  const low = (parseIpv6(group) ?? 1n) & 0xffffffffn
  const bytes = low.toString(16).padStart(8, '0').match(/../g) ?? []
  return ['33', '33', ...bytes].join(':')
}

/**
 * Returns the question who has an IPv6 address, as it goes out on a device: from the address of the packet that waits where
 * the device has it, else from the device's link-local one, the oldest (linux:net/ipv6/ndisc.c ndisc_solicit, addrconf.c
 * __ipv6_get_lladdr). Null where the device has neither: the kernel then asks nothing.
 */
export function makeSolicitation(device: Interface, target: string, about: Packet): Packet | null {
  const src = askingAddress(device, about.src)
  if (src === null) return null
  const dst = solicitedGroup(target)
  return {
    family: 6,
    protocol: 'icmpv6',
    src,
    dst,
    icmp: { type: 135, code: 0 },
    ttl: HOP_LIMIT,
    length: LENGTH,
    dontFragment: false,
    sourceMac: device.mac,
    destinationMac: groupMac(dst),
  }
}

function askingAddress(device: Interface, waiting: string): string | null {
  const usable = device.addresses.filter((entry) => entry.family === 6 && entry.tentative !== true)
  if (usable.some((entry) => entry.address === waiting)) return waiting
  return usable.findLast((entry) => entry.scope === 'link')?.address ?? null
}

/** Returns the answer to a solicitation: from the address that was asked for, to who asked (ndisc_send_na). */
export function makeAdvertisement(question: Packet, target: string, mac: string | null): Packet {
  return {
    ...question,
    src: target,
    dst: question.src,
    icmp: { type: 136, code: 0 },
    sourceMac: mac,
    destinationMac: question.sourceMac,
  }
}
