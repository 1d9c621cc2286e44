import { describe, expect, it } from 'vitest'
import { diffPackets } from '../../../src/core/net/diff-packet.ts'
import type { Packet } from '../../../src/core/net/packet.ts'

const TCP: Packet = {
  family: 4,
  protocol: 'tcp',
  src: '172.17.0.2',
  dst: '203.0.113.7',
  sourcePort: 40000,
  destinationPort: 80,
  tcpFlags: ['syn'],
  ttl: 64,
  length: 60,
  dontFragment: true,
  sourceMac: '02:42:ac:11:00:02',
  destinationMac: null,
}
const { sourcePort: _s, destinationPort: _d, tcpFlags: _t, ...bare } = TCP
const ECHO: Packet = { ...bare, protocol: 'icmp', icmp: { type: 8, code: 0, id: 5, sequence: 1 } }

/** Each row: a packet, what changes, and the fields by Wireshark's names. */
const ROWS: readonly (readonly [string, Packet, Partial<Packet>, readonly string[]])[] = [
  ['nothing', TCP, {}, []],
  ['MASQUERADE', TCP, { src: '198.51.100.1' }, ['ip.src 172.17.0.2 198.51.100.1']],
  ['DNAT', TCP, { dst: '10.0.0.1', destinationPort: 8080 }, ['ip.dst 203.0.113.7 10.0.0.1', 'tcp.dstport 80 8080']],
  [
    'a hop',
    TCP,
    { ttl: 63, sourceMac: null, destinationMac: '02:00:00:00:00:01' },
    ['eth.src 02:42:ac:11:00:02 ', 'eth.dst  02:00:00:00:00:01', 'ip.ttl 64 63'],
  ],
  ['TOS', TCP, { tos: 16 }, ['ip.dsfield 0 16']],
  ['an echo id', ECHO, { icmp: { type: 8, code: 0, id: 9, sequence: 1 } }, ['icmp.ident 5 9']],
  [
    'IPv6',
    { ...TCP, family: 6, src: 'fd00::1', dst: 'fd00::2' },
    { src: '2001:db8::1', ttl: 63, length: 80 },
    ['ipv6.src fd00::1 2001:db8::1', 'ipv6.hlim 64 63', 'ipv6.plen 20 40'],
  ],
  [
    'a quoted packet',
    { ...ECHO, quoted: TCP },
    { quoted: { ...TCP, src: '198.51.100.1' } },
    ['ip.src#2 172.17.0.2 198.51.100.1'],
  ],
  ['UDP', { ...TCP, protocol: 'udp' }, { sourcePort: 53 }, ['udp.srcport 40000 53']],
  [
    'ARP',
    { ...bare, protocol: 'arp', arp: 'request' },
    { dst: '172.17.0.9' },
    ['arp.dst.proto_ipv4 203.0.113.7 172.17.0.9'],
  ],
]

describe('the fields that changed', () => {
  it.each(ROWS)('%s', (_title, before, change, fields) => {
    const diffs = diffPackets(before, { ...before, ...change })
    expect(diffs.map((diff) => `${diff.field} ${diff.before} ${diff.after}`)).toEqual(fields)
  })
})
