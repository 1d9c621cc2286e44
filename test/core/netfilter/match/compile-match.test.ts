import { describe, expect, it } from 'vitest'
import type { HookCall } from '../../../../src/core/netfilter/hook.ts'
import type { Packet } from '../../../../src/core/net/packet.ts'
import { answerTo, ping, rulesOf, scene, table, tcp, udp } from '../netfilter-scene.ts'

const SYN = tcp('10.0.0.1 40000', '10.0.0.2 80')
const ACK = tcp('10.0.0.1 40000', '10.0.0.2 80', ['ack'])
const DATAGRAM = udp('10.0.0.1 40000', '10.0.0.2 53')
const ECHO = ping('10.0.0.1', '10.0.0.2')
const TAGGED: Packet = { ...SYN, sourceMac: '02:42:ac:11:00:02' }

const BRIDGED = { inDevice: 'br0', outDevice: 'br0', physIn: 'veth1', physOut: 'veth2' } as const
const ROUTED = { inDevice: 'eth0', outDevice: 'br-1', physIn: null, physOut: null } as const

type Row = readonly [string, Packet, boolean | 'unknown', Partial<HookCall>?]

/** Each row: conditions as iptables-save writes them, a packet in forward, whether they hold. */
const ROWS: readonly Row[] = [
  ['-p tcp', SYN, true],
  ['-p tcp', DATAGRAM, false],
  ['! -p tcp', DATAGRAM, true],
  ['-p 47', SYN, false],
  ['-s 10.0.0.0/8', SYN, true],
  ['! -s 10.0.0.0/8', SYN, false],
  ['-d 10.0.0.0/31', SYN, false],
  ['-s 10.9.0.1/255.0.255.255', SYN, true],
  ['-i eth0', SYN, true],
  ['-i eth+', SYN, true],
  ['-i eth0+', SYN, true],
  ['-i et', SYN, false],
  ['! -i eth+', SYN, false],
  ['! -o docker0', SYN, true],
  ['-f', SYN, false],
  ['! -f', SYN, true],
  ['-p tcp -m tcp --dport 80', SYN, true],
  ['-p tcp -m tcp --dport 81:90', SYN, false],
  ['-p tcp -m tcp ! --dport 81:90', SYN, true],
  ['-p tcp -m tcp --sport 1024:65535', SYN, true],
  ['-p udp -m udp --dport 80', SYN, false],
  ['-p tcp -m multiport --dports 22,80,8000:8080', SYN, true],
  ['-p tcp -m multiport ! --dports 22,443', SYN, true],
  ['-p tcp -m multiport --ports 40000', SYN, true],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', SYN, true],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', ACK, false],
  ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN', ACK, true],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE', SYN, false],
  ['-p tcp -m tcp --tcp-option 5', SYN, 'unknown'],
  ['-p icmp -m icmp --icmp-type 8', ECHO, true],
  ['-p icmp -m icmp --icmp-type 8/1', ECHO, false],
  ['-p icmp -m icmp ! --icmp-type 0', ECHO, true],
  ['-p icmp -m icmp --icmp-type any', ECHO, true],
  ['-p icmp -m icmp --icmp-type 8', SYN, false],
  ['-m conntrack --ctstate NEW', SYN, true],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', SYN, false],
  ['-m conntrack ! --ctstate RELATED,ESTABLISHED', SYN, true],
  ['-m state --state NEW', SYN, true],
  ['-m conntrack --ctstate INVALID', answerTo(ECHO), true],
  ['-m conntrack --ctstate DNAT', SYN, false],
  ['-m conntrack --ctdir ORIGINAL', SYN, true],
  ['-m conntrack --ctdir REPLY', SYN, false],
  ['-m conntrack --ctproto 6', SYN, true],
  ['-m conntrack --ctorigsrc 10.0.0.0/24 --ctorigdst 10.0.0.2', SYN, true],
  ['-m conntrack --ctorigdstport 80', SYN, true],
  ['-m conntrack --ctrepldstport 80', SYN, false],
  ['-m conntrack --ctstatus SEEN_REPLY', SYN, false],
  ['-m conntrack --ctstatus SEEN_REPLY,ASSURED', SYN, false],
  ['-m conntrack --ctexpire 1:100', SYN, 'unknown'],
  ['-m conntrack --ctorigdstport 80', answerTo(ECHO), false],
  ['-m conntrack ! --ctorigdstport 80', answerTo(ECHO), false],
  ['-m addrtype --dst-type LOCAL', tcp('10.0.0.1 1', '198.51.100.1 2'), true],
  ['-m addrtype --dst-type LOCAL', SYN, false],
  ['-m addrtype ! --src-type LOCAL', SYN, true],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', tcp('10.0.0.1 1', '198.51.100.1 2'), true],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', tcp('10.0.0.1 1', '172.17.0.1 2'), false],
  ['-m addrtype --dst-type MULTICAST,BROADCAST', udp('10.0.0.1 1', '224.0.0.251 5353'), true],
  ['-m mark --mark 0x1', SYN, false],
  ['-m mark ! --mark 0x1/0xff', SYN, true],
  ['-m connmark --mark 0x0', SYN, true],
  ['-m physdev --physdev-in veth1', SYN, true, BRIDGED],
  ['-m physdev --physdev-out veth+ --physdev-is-bridged', SYN, true, BRIDGED],
  ['-m physdev --physdev-is-bridged', SYN, false],
  ['-m physdev ! --physdev-is-bridged', SYN, true],
  ['-m physdev --physdev-is-in ! --physdev-is-bridged', SYN, true, { ...ROUTED, physIn: 'veth1' }],
  ['-m iprange --src-range 10.0.0.1-10.0.0.9', SYN, true],
  ['-m iprange ! --dst-range 10.0.0.1-10.0.0.9', SYN, false],
  ['-m mac --mac-source 02:42:ac:11:00:02', TAGGED, true],
  ['-m mac ! --mac-source 02:42:ac:11:00:03', TAGGED, true],
  ['-m mac ! --mac-source 02:42:ac:11:00:03', SYN, 'unknown'],
  ['-m mac ! --mac-source 02:42:ac:11:00:03', SYN, false, { inDevice: 'lo' }],
  ['-m pkttype --pkt-type unicast', SYN, true],
  ['-m pkttype --pkt-type broadcast', SYN, true, { ...ROUTED, packetType: 'broadcast' }],
  ['-m ttl --ttl-lt 65', SYN, true],
  ['-m ttl ! --ttl-eq 64', SYN, false],
  ['-m ttl --ttl-gt 64', SYN, false],
  ['-m length --length 84', SYN, true],
  ['-m length ! --length 0:83', SYN, true],
  ['-m set --match-set nets dst', SYN, true],
  ['-m set ! --match-set nets dst', SYN, false],
  ['-m set --match-set nets src', SYN, false],
  ['-m set --match-set hosts src', SYN, true],
  ['-m set --match-set services dst,dst', SYN, true],
  ['-m set --match-set services dst,dst', DATAGRAM, false],
  ['-m set --match-set all dst', SYN, true],
  ['-m set --match-set missing dst', SYN, 'unknown'],
  ['-m set --match-set marks dst,dst', SYN, false],
  ['-m comment --comment "says \\"nothing\\""', SYN, true],
  ['-m limit --limit 3/min', SYN, 'unknown'],
  ['-p udp -m limit --limit 3/min', SYN, false],
]

const IPSETS = [
  { name: 'nets', type: 'hash:net', members: ['10.0.0.0/24', '10.0.0.1 nomatch'] },
  { name: 'hosts', type: 'hash:ip', members: ['10.0.0.1'] },
  { name: 'services', type: 'hash:ip,port', members: ['10.0.0.2,tcp:80'] },
  { name: 'all', type: 'list:set', members: ['hosts', 'nets'] },
  { name: 'marks', type: 'hash:ip,mark', members: [] },
]

describe('conditions', () => {
  it.each(ROWS.map(([conditions, packet, expected, devices = ROUTED]) => ({ conditions, packet, expected, devices })))(
    'iptables -A FORWARD $conditions',
    ({ conditions, packet, expected, devices }) => {
      const ip = table('filter', [`-A FORWARD ${conditions} -j ACCEPT`, '-A FORWARD -m conntrack --ctstate NEW'], {
        FORWARD: 'DROP',
      })
      const host = scene({ ip, ipsets: IPSETS, addresses: { eth0: '198.51.100.1', docker0: '172.17.0.1' } })
      const { skb } = host.visit('prerouting', packet, { inDevice: devices.inDevice ?? null })
      const outcome = host.visit('forward', skb, devices)
      expect(outcome.verdict).toBe(expected === 'unknown' ? 'cannot-tell' : expected ? 'accept' : 'drop')
    },
  )

  it('ip6tables -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128, -m hl --hl-eq 64, -s 2001:db8::/33', () => {
    const rules = [
      '-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128',
      '-A INPUT -m hl --hl-eq 64',
      '-A INPUT -s 2001:db8::/33',
      '-A INPUT -s 2001:db8:8000::/33 -j DROP',
    ]
    const outcome = scene({ ip6: table('filter', rules, { INPUT: 'ACCEPT' }) }).visit(
      'input',
      ping('2001:db8:7fff::1', '2001:db8::2'),
    )
    expect(rulesOf(outcome)).toEqual([
      'filter/INPUT continue',
      'filter/INPUT continue',
      'filter/INPUT continue',
      'filter/INPUT policy accept',
    ])
  })

  it('--ctstate INVALID beside another ct condition holds for a packet without a connection, as in the kernel', () => {
    const ip = table('filter', ['-A INPUT -m conntrack --ctstate INVALID --ctorigdstport 80 -j DROP'])
    expect(scene({ ip }).visit('input', answerTo(ECHO)).verdict).toBe('drop')
  })

  it('no device is an empty name: -i fails, ! -i holds, -i + was never written', () => {
    const ip = table('filter', ['-A OUTPUT -i lo -j DROP', '-A OUTPUT ! -i lo -j ACCEPT'])
    expect(rulesOf(scene({ ip }).visit('output', SYN, { outDevice: 'eth0' }))).toEqual(['filter/OUTPUT accept'])
  })
})
