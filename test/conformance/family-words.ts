import type { Family } from './plan.ts'

/** What flows and rules say of the world outside, and in which words, in each version of IP. */
export interface FamilyWords {
  readonly program: 'iptables' | 'ip6tables'
  readonly icmp: 'icmp' | 'icmpv6'
  readonly icmpTypeOption: '--icmp-type' | '--icmpv6-type'
  readonly icmpTypes: readonly string[]
  readonly ttlMatch: readonly string[]
  readonly ttlTarget: readonly string[]
  readonly rejects: readonly string[]
  /** Prefixes and ranges that a rule may name. */
  readonly prefixes: readonly string[]
  readonly ranges: readonly string[]
  readonly mappedTo: string
  /** For addrtype, which has no broadcasts of IPv6. */
  readonly severalTypes: string
  readonly web: string
  readonly client: string
  /** On the internet, and nobody has it. */
  readonly nowhere: string
  readonly loopback: readonly string[]
}

const WORDS: Readonly<Record<Family, FamilyWords>> = {
  4: {
    program: 'iptables',
    icmp: 'icmp',
    icmpTypeOption: '--icmp-type',
    icmpTypes: ['echo-request', 'echo-reply', 'destination-unreachable', '3/3', 'time-exceeded', 'any'],
    ttlMatch: ['ttl --ttl-eq 64', 'ttl --ttl-eq 63', 'ttl --ttl-lt 64', 'ttl --ttl-gt 60', 'ttl --ttl-lt 3'],
    ttlTarget: ['TTL --ttl-set 40', 'TTL --ttl-inc 1', 'TTL --ttl-dec 1'],
    rejects: [
      'icmp-net-unreachable',
      'icmp-host-unreachable',
      'icmp-port-unreachable',
      'icmp-proto-unreachable',
      'icmp-net-prohibited',
      'icmp-host-prohibited',
      'icmp-admin-prohibited',
    ],
    prefixes: ['198.51.100.0/24', '203.0.113.80', '10.0.0.0/8'],
    ranges: [
      '172.16.0.0-172.31.255.255',
      '10.40.0.0-10.49.255.255',
      '198.51.100.1-198.51.100.250',
      '172.17.0.2-172.17.0.4',
    ],
    severalTypes: 'LOCAL,BROADCAST',
    mappedTo: '172.17.0.0/24',
    web: '203.0.113.80',
    client: '198.51.100.200',
    nowhere: '203.0.113.9',
    loopback: ['127.0.0.1', '127.0.0.1', '127.3.2.1'],
  },
  6: {
    program: 'ip6tables',
    icmp: 'icmpv6',
    icmpTypeOption: '--icmpv6-type',
    icmpTypes: ['echo-request', 'echo-reply', 'destination-unreachable', '1/4', 'time-exceeded', 'packet-too-big'],
    ttlMatch: ['hl --hl-eq 64', 'hl --hl-eq 63', 'hl --hl-lt 64', 'hl --hl-gt 60', 'hl --hl-lt 3'],
    ttlTarget: ['HL --hl-set 40', 'HL --hl-inc 1', 'HL --hl-dec 1'],
    rejects: [
      'icmp6-no-route',
      'icmp6-adm-prohibited',
      'icmp6-addr-unreachable',
      'icmp6-port-unreachable',
      'icmp6-policy-fail',
      'icmp6-reject-route',
    ],
    prefixes: ['2001:db8:51::/64', '2001:db8:80::80', 'fd00::/8'],
    ranges: [
      'fd00:66::-fd00:66:ffff:ffff:ffff:ffff:ffff:ffff',
      '2001:db8:51::1-2001:db8:51::fff',
      'fd00:66:1::2-fd00:66:1::4',
    ],
    severalTypes: 'LOCAL,UNICAST',
    mappedTo: 'fd00:66:d0::/120',
    web: '2001:db8:80::80',
    client: '2001:db8:51::200',
    nowhere: '2001:db8:80::9',
    loopback: ['::1'],
  },
}

/** The words of a family. */
export const wordsOf = (family: Family): FamilyWords => WORDS[family]
