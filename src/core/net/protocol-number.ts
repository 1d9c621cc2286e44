/** IANA numbers of the protocols that iptables-save and conntrack print by name (/etc/protocols, libxtables). */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    hopopt: 0,
    icmp: 1,
    igmp: 2,
    ipencap: 4,
    st: 5,
    tcp: 6,
    egp: 8,
    igp: 9,
    udp: 17,
    dccp: 33,
    ipv6: 41,
    'ipv6-route': 43,
    'ipv6-frag': 44,
    rsvp: 46,
    gre: 47,
    esp: 50,
    'ipsec-esp': 50,
    ah: 51,
    'ipsec-ah': 51,
    skip: 57,
    icmpv6: 58,
    'ipv6-icmp': 58,
    'ipv6-nonxt': 59,
    'ipv6-opts': 60,
    eigrp: 88,
    ospf: 89,
    ospfigp: 89,
    ipip: 94,
    pim: 103,
    ipcomp: 108,
    vrrp: 112,
    l2tp: 115,
    sctp: 132,
    mh: 135,
    'ipv6-mh': 135,
    'mobility-header': 135,
    udplite: 136,
    'mpls-in-ip': 137,
  }),
)

/** Returns the number of an IP protocol given by name or in decimal, or null when the name is not known. */
export function protocolNumber(protocol: string): number | null {
  const known = NUMBERS.get(protocol)
  if (known !== undefined) return known
  return /^\d{1,3}$/.test(protocol) && Number(protocol) <= 255 ? Number(protocol) : null
}
