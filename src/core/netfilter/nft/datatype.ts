import { ICMP_CODES, ICMP_TYPES, ICMPV6_CODES, ICMPV6_TYPES } from '../../net/icmp-words.ts'
import { parseIpv4, parseIpv6 } from '../../net/address.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import type { NftValue } from './value.ts'

/** What the words of a comparison mean: set by what they are compared with (nft: struct datatype). */
export interface Datatype {
  readonly name: string
  /** Returns the value of a word, or null when it is none of this type. */
  readonly parse: (word: string) => NftValue | null
}

function symbols(name: string, values: Readonly<Record<string, number>>): Datatype {
  const known = new Map(Object.entries(values))
  return { name, parse: (word) => known.get(word) ?? integerOf(word) }
}

function integerOf(word: string): number | null {
  if (/^\d{1,10}$/.test(word)) return Number(word)
  return /^0x[0-9a-f]{1,8}$/i.test(word) ? Number.parseInt(word, 16) : null
}

export const NUMBER: Datatype = { name: 'number', parse: integerOf }
/** Words that are only compared with each other. */
export const TEXT: Datatype = { name: 'text', parse: (word) => word }
export const IPV4: Datatype = { name: 'ipv4_addr', parse: parseIpv4 }
export const IPV6: Datatype = { name: 'ipv6_addr', parse: parseIpv6 }
export const MAC: Datatype = { name: 'ether_addr', parse: (word) => word.toLowerCase() }
export const DEVICE: Datatype = { name: 'ifname', parse: (word) => word }
export const PROTOCOL: Datatype = { name: 'inet_proto', parse: protocolNumber }
/** nft prints ports as numbers; a file may hold the names that its user has seen most. */
export const PORT: Datatype = symbols('inet_service', { ftp: 21, ssh: 22, smtp: 25, domain: 53, http: 80, https: 443 })
export const NFPROTO: Datatype = symbols('nf_proto', { ipv4: 2, ipv6: 10 })
export const ETHERTYPE: Datatype = symbols('ether_type', { ip: 0x800, arp: 0x806, ip6: 0x86dd, vlan: 0x8100 })
export const PACKET_TYPE: Datatype = symbols('pkt_type', { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 })
export const CT_STATE: Datatype = symbols('ct_state', {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
})
export const CT_DIRECTION: Datatype = symbols('ct_dir', { original: 0, reply: 1 })
export const CT_STATUS: Datatype = symbols('ct_status', {
  expected: 1,
  'seen-reply': 2,
  assured: 4,
  confirmed: 8,
  snat: 16,
  dnat: 32,
  dying: 512,
})
export const TCP_FLAGS: Datatype = symbols('tcp_flag', {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ecn: 64,
  cwr: 128,
})
export const DSCP: Datatype = symbols('dscp', {
  cs0: 0,
  cs1: 8,
  cs2: 16,
  cs3: 24,
  cs4: 32,
  cs5: 40,
  cs6: 48,
  cs7: 56,
  df: 0,
  be: 0,
  lephb: 1,
  af11: 10,
  af12: 12,
  af13: 14,
  af21: 18,
  af22: 20,
  af23: 22,
  af31: 26,
  af32: 28,
  af33: 30,
  af41: 34,
  af42: 36,
  af43: 38,
  va: 44,
  ef: 46,
})
export const ECN: Datatype = symbols('ecn', { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 })
export const DEVICE_TYPE: Datatype = symbols('iface_type', { ether: 1, ppp: 512, ipip: 768, loopback: 772, ipgre: 778 })
export const ICMP_TYPE: Datatype = symbols('icmp_type', ICMP_TYPES)
export const ICMP_CODE: Datatype = symbols('icmp_code', ICMP_CODES)
export const ICMPV6_TYPE: Datatype = symbols('icmpv6_type', ICMPV6_TYPES)
export const ICMPV6_CODE: Datatype = symbols('icmpv6_code', ICMPV6_CODES)
