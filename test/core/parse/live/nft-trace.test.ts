import { describe, expect, it } from 'vitest'
import { parseNftTrace } from '../../../../src/core/parse/live/nft-trace.ts'

const packet = (rest: string): string => `trace id f8cec63f ip filter FORWARD packet: ${rest}`

describe('parseNftTrace', () => {
  it('reads a packet as nft 1.0.6 prints it, with words for numbers', () => {
    const line = packet(
      'iif "docker0" oif "docker0" ether saddr 0e:5e:c2:e6:cc:24 ether daddr 3e:ed:aa:a3:eb:a9 ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip dscp cs6 ip ecn not-ect ip ttl 64 ip id 1234 ip protocol icmp ip length 84 icmp type echo-request icmp code net-unreachable icmp id 4711 icmp sequence 1 @th,64,96 0x102030405060708090a0b ',
    )
    const { value, problems } = parseNftTrace(line)
    expect(problems).toEqual([])
    expect(value).toEqual([
      {
        traceId: 'f8cec63f',
        family: 'ip',
        table: 'filter',
        chain: 'FORWARD',
        event: {
          kind: 'packet',
          inDevice: 'docker0',
          outDevice: 'docker0',
          identity: { ipId: 1234 },
          packet: {
            family: 4,
            protocol: 'icmp',
            src: '172.17.0.2',
            dst: '172.17.0.3',
            icmp: { type: 8, code: 0, id: 4711, sequence: 1 },
            ttl: 64,
            tos: 0xc0,
            length: 84,
            dontFragment: false,
            sourceMac: '0e:5e:c2:e6:cc:24',
            destinationMac: '3e:ed:aa:a3:eb:a9',
          },
        },
      },
    ])
  })

  it('reads TCP flags by name and by number, without the protocol’s own field', () => {
    const ends =
      'oif "lo" ip saddr 127.0.0.1 ip daddr 127.0.0.1 ip dscp cs0 ip ecn not-ect ip ttl 64 ip id 0 ip length 44'
    const text = [
      packet(`${ends} tcp sport 42018 tcp dport 8080 tcp flags == syn tcp window 64240 `),
      packet(`${ends} tcp sport 8080 tcp dport 42018 tcp flags == 0x12 tcp window 65495 `),
    ].join('\n')
    const { value, problems } = parseNftTrace(`${text}\n`)
    expect(problems).toEqual([])
    expect(value.map(({ event }) => (event.kind === 'packet' ? event.packet.tcpFlags : null))).toEqual([
      ['syn'],
      ['syn', 'ack'],
    ])
    expect(value.map(({ event }) => (event.kind === 'packet' ? event.packet.protocol : null))).toEqual(['tcp', 'tcp'])
  })

  it('reads IPv6, whose length is that of the payload', () => {
    const { value } = parseNftTrace(
      'trace id 11223344 inet t pre packet: iif "eth0" ether saddr 02:00:00:00:00:01 ether daddr 02:00:00:00:00:02 ip6 saddr 2001:db8::1 ip6 daddr 2001:db8::2 ip6 dscp af21 ip6 ecn ect0 ip6 hoplimit 63 ip6 flowlabel 815 ip6 nexthdr 58 ip6 length 64 icmpv6 type echo-reply icmpv6 code no-route icmpv6 parameter-problem 458754 @th,64,96 0x1 ',
    )
    expect(value[0]?.event).toMatchObject({
      packet: {
        family: 6,
        protocol: 'icmpv6',
        icmp: { type: 129, code: 0, id: 7, sequence: 2 },
        ttl: 63,
        tos: (18 << 2) | 2,
        length: 104,
      },
    })
  })

  it('reads rules, policies, verdicts and connections', () => {
    const { value, problems } = parseNftTrace(
      [
        'trace id a1 ip filter FORWARD rule counter packets 18 bytes 1160 jump DOCKER-USER # handle 13 (verdict jump DOCKER-USER)',
        'trace id a1 ip nat POSTROUTING rule ip saddr 172.17.0.0/16 counter packets 4 bytes 200 masquerade (verdict accept)',
        'trace id a1 inet mine pre unknown rule handle 4 (verdict continue)',
        'trace id a1 ip filter DOCKER-USER verdict return ',
        'trace id a1 ip filter FORWARD policy drop meta mark 0x1 ',
        'trace id a1 ip filter FORWARD conntrack: ct direction original ct state new ct id 3219230281 ',
        '# new generation 12 by process 4711 (nft)',
        '',
      ].join('\n'),
    )
    expect(problems).toEqual([])
    expect(value.map(({ event }) => event)).toEqual([
      { kind: 'rule', rule: 'counter packets 18 bytes 1160 jump DOCKER-USER', handle: 13, verdict: 'jump DOCKER-USER' },
      {
        kind: 'rule',
        rule: 'ip saddr 172.17.0.0/16 counter packets 4 bytes 200 masquerade',
        handle: null,
        verdict: 'accept',
      },
      { kind: 'rule', rule: '', handle: 4, verdict: 'continue' },
      { kind: 'verdict', verdict: 'return' },
      { kind: 'policy', verdict: 'drop' },
      { kind: 'conntrack', text: 'ct direction original ct state new ct id 3219230281' },
    ])
  })

  it('names the line of what it cannot read', () => {
    const { value, problems } = parseNftTrace('trace id a1 ip filter FORWARD policy accept\ntrace id a1 ip fil')
    expect(value).toHaveLength(1)
    expect(problems).toEqual([{ message: 'no event of nft: trace id a1 ip fil', line: 2 }])
  })
})
