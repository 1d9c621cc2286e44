import { describe, expect, it } from 'vitest'
import { address, device, namespace, neighbor, socket } from '../../support/build-host.ts'
import { filterRule, RULES_20, RULES_28 } from '../../support/docker-rules.ts'
import { CONTAINERS, standardHost, withContainer } from '../../support/scene.ts'
import {
  datagram,
  frames,
  icmpOf,
  mainOf,
  matched,
  ping,
  places,
  replyOf,
  steps,
  syn,
  trace,
} from '../../support/trace-words.ts'

const OUT = '203.0.113.80'

describe('a container to the internet', () => {
  const report = trace(standardHost(RULES_20), ping('c1', OUT))

  it('leaves by the NIC with the host’s address, one TTL lower', () => {
    expect(report.disposition).toBe('leaves-host')
    expect(frames(mainOf(report).forward)).toEqual([
      `container:c1 eth0 out 172.17.0.2 > ${OUT} ttl 64`,
      `host vethc1 in 172.17.0.2 > ${OUT} ttl 64`,
      `host docker0 in 172.17.0.2 > ${OUT} ttl 64`,
      `host ens5 out 198.51.100.10 > ${OUT} ttl 63`,
    ])
  })

  it('cites the MASQUERADE rule, with the field that it rewrote', () => {
    const masquerade = steps(mainOf(report).forward, 'rule').find((step) => step.verdict === 'masquerade')
    expect(masquerade?.rule).toBe('-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE')
    expect(masquerade?.diff).toEqual([{ field: 'ip.src', before: '172.17.0.2', after: '198.51.100.10' }])
  })

  it('gets the assumed answer back to the container, translated before it is routed', () => {
    const reply = replyOf(report)
    expect(reply.disposition).toBe('delivered')
    expect(frames(reply)).toEqual([
      `host ens5 in ${OUT} > 198.51.100.10 ttl 64`,
      `host docker0 out ${OUT} > 172.17.0.2 ttl 63`,
      `host vethc1 out ${OUT} > 172.17.0.2 ttl 63`,
      `container:c1 eth0 in ${OUT} > 172.17.0.2 ttl 63`,
    ])
    expect(reply.hops[0]?.steps[0]?.evidence.basis).toBe('assumed')
    expect(matched(reply)).toContain('-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')
  })

  it('changes the MACs at the host', () => {
    const out = mainOf(report).forward.hops.find((hop) => hop.device === 'ens5')?.frames[0]
    expect(out).toMatchObject({ sourceMac: '52:54:00:00:00:10', destinationMac: '52:54:00:00:00:01', length: 84 })
  })

  it('assumes no answer to a source that is not the host’s', () => {
    const bare = trace(standardHost(filterRule('')), ping('c1', OUT))
    expect(bare.disposition).toBe('leaves-host')
    expect(mainOf(bare).reply).toBeNull()
    expect(bare.warnings.join()).toContain('172.17.0.2')
  })

  it('gives the same report each time', () => {
    const again = trace(standardHost(RULES_20), ping('c1', OUT))
    expect(JSON.stringify(again)).toBe(JSON.stringify(report))
  })
})

describe('two containers on one bridge', () => {
  it('stay bridged: TTL kept, the bridge shows no frame, FORWARD sees it twice', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.17.0.3'))
    expect(frames(mainOf(report).forward)).toEqual([
      'container:c1 eth0 out 172.17.0.2 > 172.17.0.3 ttl 64',
      'host vethc1 in 172.17.0.2 > 172.17.0.3 ttl 64',
      'host vethc2 out 172.17.0.2 > 172.17.0.3 ttl 64',
      'container:c2 eth0 in 172.17.0.2 > 172.17.0.3 ttl 64',
    ])
    expect(matched(mainOf(report).forward)).toContain('-A FORWARD -i docker0 -o docker0 -j ACCEPT')
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('meet no rule at all with bridge-nf-call-iptables=0', () => {
    const host = standardHost(filterRule('-A FORWARD -i docker0 -o docker0 -j DROP'), {
      sysctls: { 'bridge/bridge-nf-call-iptables': '0' },
    })
    expect(trace(host, ping('c1', '172.17.0.3')).disposition).toBe('delivered')
  })

  it('are kept apart by the same rule with bridge-nf-call-iptables=1', () => {
    const host = standardHost(filterRule('-A FORWARD -i docker0 -o docker0 -j DROP'))
    const report = trace(host, ping('c1', '172.17.0.3'))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward).at(-1)).toBe('-A FORWARD -i docker0 -o docker0 -j DROP')
    expect(mainOf(report).reply).toBeNull()
  })

  it('a forwarding database that has forgotten floods: one FORWARD a copy, the others ignore theirs', () => {
    const known = [neighbor('eth0', '172.17.0.3', '02:42:ac:11:00:03')]
    const host = standardHost(RULES_20, {
      host: { fdb: [] },
      containers: withContainer('c1', { neighbors: known }),
    })
    const report = trace(host, ping('c1', '172.17.0.3'))
    expect(report.disposition).toBe('delivered')
    const forward = mainOf(report).forward
    expect(places(forward)).toEqual([
      'container:c1 eth0 out',
      'host vethc1 in',
      'host vethweb out',
      'container:web eth0 in',
      'host vethc2 out',
      'container:c2 eth0 in',
    ])
    expect(matched(forward).filter((rule) => rule === '-A FORWARD -j DOCKER-USER')).toHaveLength(2)
    expect(places(replyOf(report))).toHaveLength(4)
  })

  it('a port that is isolated from another gets nothing from it', () => {
    const isolated = CONTAINERS.map((each) => ({ ...each, port: { isolated: true } }))
    const report = trace(standardHost(RULES_20, { containers: isolated }), ping('c1', '172.17.0.3'))
    expect(report.disposition).toBe('neighbor-unreachable')
  })

  it('a frame larger than the far port’s MTU vanishes after POSTROUTING without an ICMP error', () => {
    const host = standardHost(RULES_20, { containers: withContainer('c2', { mtu: 1400 }) })
    const report = trace(host, ping('c1', '172.17.0.3', { length: 1496 }))
    expect(report.disposition).toBe('too-big')
    expect(mainOf(report).reply).toBeNull()
    expect(matched(mainOf(report).forward)).toContain('-A FORWARD -i docker0 -o docker0 -j ACCEPT')
  })

  it('an address that nobody has ends in the sender’s own ARP', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.17.0.99'))
    expect(report.disposition).toBe('neighbor-unreachable')
    expect(report.exchanges.map((exchange) => exchange.label)).toEqual(['ARP 172.17.0.99', 'ICMP echo'])
    expect(frames(mainOf(report).forward)).toEqual([])
    expect(icmpOf(replyOf(report))).toBe('3/1')
    expect(frames(replyOf(report))).toEqual(['container:c1 lo in 172.17.0.2 > 172.17.0.2 ttl 64'])
  })
})

describe('two bridges', () => {
  it('20.10 drops in its isolation chain, after docker0 has shown the frame', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.19.0.2'))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward).at(-1)).toBe('-A DOCKER-ISOLATION-STAGE-2 -o brB -j DROP')
    expect(places(mainOf(report).forward).at(-1)).toBe('host docker0 in')
  })

  it('28.5 drops in raw PREROUTING, before docker0 sees it', () => {
    const report = trace(standardHost(RULES_28), ping('c1', '172.19.0.2'))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward)).toEqual(['-A PREROUTING -d 172.19.0.2/32 ! -i brB -j DROP'])
    expect(places(mainOf(report).forward).at(-1)).toBe('host vethc1 in')
  })

  it('the other bridge’s gateway is the host itself: INPUT, no FORWARD', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.19.0.1'))
    expect(report.disposition).toBe('delivered')
    expect(matched(mainOf(report).forward).filter((rule) => rule.includes('FORWARD'))).toEqual([])
    expect(replyOf(report).disposition).toBe('delivered')
  })
})

describe('published ports', () => {
  it('from outside: DNAT, the listening socket, the answer from the published address', () => {
    const report = trace(standardHost(RULES_28), syn('external:198.51.100.7', '198.51.100.10', 8080))
    expect(report.disposition).toBe('delivered')
    expect(frames(mainOf(report).forward)).toEqual([
      'host ens5 in 198.51.100.7:40000 > 198.51.100.10:8080 ttl 64',
      'host docker0 out 198.51.100.7:40000 > 172.17.0.4:80 ttl 63',
      'host vethweb out 198.51.100.7:40000 > 172.17.0.4:80 ttl 63',
      'container:web eth0 in 198.51.100.7:40000 > 172.17.0.4:80 ttl 63',
    ])
    expect(steps(mainOf(report).forward, 'deliver')[0]).toMatchObject({ process: 'httpd', socket: 'tcp [::]:80' })
    expect(frames(replyOf(report)).at(-1)).toBe('host ens5 out 198.51.100.10:8080 > 198.51.100.7:40000 ttl 63')
    expect(replyOf(report).disposition).toBe('leaves-host')
    expect(report.warnings).toEqual([])
  })

  it('from the host: DNAT in OUTPUT, FORWARD not visited, the source stays', () => {
    const report = trace(standardHost(RULES_20), syn('host', '198.51.100.10', 18080))
    expect(frames(mainOf(report).forward)[0]).toBe('host brB out 198.51.100.10:40000 > 172.19.0.2:80 ttl 64')
    expect(matched(mainOf(report).forward).some((rule) => rule.includes('FORWARD'))).toBe(false)
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('from a container: docker-proxy takes it and opens a second connection from the gateway', () => {
    const report = trace(standardHost(RULES_28), syn('c1', '198.51.100.10', 18080))
    expect(report.disposition).toBe('delivered')
    expect(report.exchanges.map((exchange) => [exchange.label, exchange.main])).toEqual([
      ['TCP SYN', true],
      ['docker-proxy TCP SYN', false],
    ])
    expect(frames(report.exchanges[1]?.forward as never)[0]).toBe(
      'host brB out 172.19.0.1:40000 > 172.19.0.2:80 ttl 64',
    )
    expect(steps(mainOf(report).forward, 'proxy')[0]?.connects).toBe('172.19.0.2:80')
  })

  it('over loopback with nothing behind: connects, then is reset', () => {
    const host = standardHost(RULES_28, { containers: withContainer('web', { sockets: [] }) })
    const report = trace(host, syn('host', '127.0.0.1', 8080))
    expect(report.disposition).toBe('nothing-listening')
    expect(report.reason).toContain('is then reset')
    expect(replyOf(report).hops[0]?.packet.tcpFlags).toEqual(['syn', 'ack'])
    expect(places(mainOf(report).forward)).toEqual(['host lo in'])
  })

  it('from outside with nothing behind: refused at once by the container', () => {
    const host = standardHost(RULES_28, { containers: withContainer('web', { sockets: [] }) })
    const report = trace(host, syn('external:198.51.100.7', '198.51.100.10', 8080))
    expect(report.disposition).toBe('nothing-listening')
    expect(replyOf(report).hops[0]?.packet).toMatchObject({ tcpFlags: ['rst', 'ack'], length: 40 })
    expect(frames(replyOf(report)).at(-1)).toBe('host ens5 out 198.51.100.10:8080 > 198.51.100.7:40000 ttl 63')
  })

  it('DNAT towards the bridge that the packet came from stays bridged and needs hairpin mode', () => {
    const noProxy = RULES_20.replace(/-A DOCKER -i docker0 -j RETURN\n/, '').replace(
      '! -i docker0 -p tcp -m tcp --dport 8080',
      '-p tcp -m tcp --dport 8080',
    )
    const straight = trace(standardHost(noProxy), syn('c1', '198.51.100.10', 8080))
    expect(frames(mainOf(straight).forward)).toEqual([
      'container:c1 eth0 out 172.17.0.2:40000 > 198.51.100.10:8080 ttl 64',
      'host vethc1 in 172.17.0.2:40000 > 198.51.100.10:8080 ttl 64',
      'host vethweb out 172.17.0.2:40000 > 172.17.0.4:80 ttl 64',
      'container:web eth0 in 172.17.0.2:40000 > 172.17.0.4:80 ttl 64',
    ])
    const own = trace(standardHost(noProxy), syn('web', '198.51.100.10', 8080))
    expect(own.disposition).toBe('dropped')
    expect(own.reason).toContain('hairpin')
    const hairpin = withContainer('web', { port: { hairpin: true } })
    const allowed = trace(standardHost(noProxy, { containers: hairpin }), syn('web', '198.51.100.10', 8080))
    expect(places(mainOf(allowed).forward).at(-1)).toBe('container:web eth0 in')
  })
})

describe('sockets', () => {
  it('a closed TCP port answers with a reset', () => {
    const report = trace(standardHost(RULES_20), syn('c1', '172.17.0.3', 81))
    expect(report.disposition).toBe('nothing-listening')
    expect(replyOf(report)).toMatchObject({ disposition: 'delivered' })
  })

  it('a closed UDP port answers with ICMP port unreachable', () => {
    const report = trace(standardHost(RULES_20), datagram('c1', '172.17.0.3', 4242))
    expect(report.disposition).toBe('nothing-listening')
    expect(icmpOf(replyOf(report))).toBe('3/3')
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('a wildcard UDP socket is assumed to answer from where it was asked; the report says what a careless one does', () => {
    const host = standardHost(RULES_20, { sockets: [socket('udp 0.0.0.0:7')] })
    const report = trace(host, datagram('external:198.51.100.7', '172.17.0.1', 7))
    expect(frames(replyOf(report))).toEqual(['host ens5 out 172.17.0.1:7 > 198.51.100.7:40000 ttl 64'])
    expect(report.warnings.join()).toContain('answers from 198.51.100.10')
  })

  it('docker-proxy of 20.10 answers datagrams from the address that the way back has', () => {
    const relay = socket('udp 0.0.0.0:9000', 'docker-proxy', { proxyTo: { address: '172.17.0.3', port: 9 } })
    const containers = withContainer('c2', { sockets: [socket('udp 0.0.0.0:9')] })
    const state = standardHost(RULES_20, { sockets: [relay], containers })
    const flow = datagram('c1', '198.51.100.10', 9000)
    const old = trace({ ...state, engine: { ...state.engine, generation: 20 } }, flow)
    expect(frames(replyOf(old))[0]).toBe('host docker0 out 172.17.0.1:9000 > 172.17.0.2:40000 ttl 64')
    expect(replyOf(old).disposition).toBe('nothing-listening')
    expect(frames(replyOf(trace(state, flow)))[0]).toBe('host docker0 out 198.51.100.10:9000 > 172.17.0.2:40000 ttl 64')
  })

  it('a datagram through docker-proxy with nobody behind is never answered', () => {
    const relay = socket('udp 0.0.0.0:9000', 'docker-proxy', { proxyTo: { address: '172.17.0.3', port: 9 } })
    const report = trace(standardHost(RULES_20, { sockets: [relay] }), datagram('host', '127.0.0.1', 9000))
    expect(report.disposition).toBe('nothing-listening')
    expect(mainOf(report).reply).toBeNull()
  })

  it('a datagram’s answer is assumed', () => {
    const host = standardHost(RULES_20, { containers: withContainer('c2', { sockets: [socket('udp 0.0.0.0:7')] }) })
    const report = trace(host, datagram('c1', '172.17.0.3', 7))
    expect(replyOf(report).hops[0]?.steps[0]?.evidence.basis).toBe('assumed')
  })

  it('sockets that were not read: cannot tell', () => {
    const host = standardHost(RULES_20, { containers: withContainer('c2', { sockets: null }) })
    const report = trace(host, syn('c1', '172.17.0.3', 80))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('container:c2')
  })
})

describe('the silent refusals of routing', () => {
  const outside = ping('external:198.51.100.7', '172.17.0.2')
  const open = filterRule('')

  it('forwarding off', () => {
    const report = trace(standardHost(open, { sysctls: { 'ipv4/ip_forward': '0' } }), ping('c1', OUT))
    expect(report.disposition).toBe('dropped')
    expect(steps(mainOf(report).forward, 'drop')[0]?.reason).toBe('IP_INADDRERRORS')
  })

  it('reverse path filter: the way back is by another device', () => {
    const sysctls = { 'ipv4/conf/all/rp_filter': '1' }
    const report = trace(standardHost(open, { sysctls }), { ...outside, from: 'external:198.51.100.7' })
    expect(report.disposition).toBe('delivered')
    const spoofed = trace(
      standardHost(open, {
        sysctls: { ...sysctls, 'ipv4/conf/docker0/rp_filter': '1' },
        containers: withContainer('c1', {
          over: {
            interfaces: [
              device(1, 'lo', 'loopback', { addresses: [address('127.0.0.1/8')] }),
              device(20, 'eth0', 'veth', {
                mac: '02:42:ac:11:00:02',
                addresses: [address('198.51.100.77/24')],
                peer: { namespace: 'host', device: 'vethc1' },
              }),
            ],
          },
        }),
      }),
      ping('c1', OUT),
    )
    expect(steps(mainOf(spoofed).forward, 'drop')[0]?.reason).toBe('IP_RPFILTER')
  })

  it('a loopback destination from the wire', () => {
    const report = trace(standardHost(open), ping('external:198.51.100.7', '127.0.0.1'))
    expect(steps(mainOf(report).forward, 'drop')[0]?.reason).toBe('IP_LOCALNET')
  })

  it('the host’s own address as a source from outside', () => {
    const report = trace(standardHost(open), ping('external:198.51.100.10', '172.17.0.2'))
    expect(steps(mainOf(report).forward, 'drop')[0]?.reason).toBe('IP_LOCAL_SOURCE')
  })

  it('a blackhole route', () => {
    const host = standardHost(open, { routes: ['default via 198.51.100.1 dev ens5', `blackhole ${OUT}`] })
    const report = trace(host, ping('c1', OUT))
    expect(report.disposition).toBe('dropped')
    expect(mainOf(report).reply).toBeNull()
  })
})

describe('errors that the sender is told', () => {
  const open = filterRule('')

  it.each([
    ['no route', [], '3/0'],
    ['an unreachable route', [`unreachable ${OUT}`], '3/1'],
    ['a prohibit route', [`prohibit ${OUT}`], '3/13'],
  ])('%s', (_name, routes, icmp) => {
    const report = trace(standardHost(open, { routes }), ping('c1', OUT))
    expect(report.disposition).toBe('no-route')
    expect(icmpOf(replyOf(report))).toBe(icmp)
    expect(frames(replyOf(report))[0]).toBe('host docker0 out 172.17.0.1 > 172.17.0.2 ttl 64')
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('a TTL of 1 dies before FORWARD, and the answer is about a connection that was never confirmed', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.19.0.2', { ttl: 1 }))
    expect(report.disposition).toBe('ttl-exceeded')
    expect(matched(mainOf(report).forward).some((rule) => rule.includes('FORWARD'))).toBe(false)
    expect(icmpOf(replyOf(report))).toBe('11/0')
    expect(replyOf(report).hops[0]?.packet).toMatchObject({ src: '172.17.0.1', length: 112 })
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('a packet too big for the NIC dies before FORWARD, too, and learns the MTU', () => {
    const host = standardHost(filterRule('-A FORWARD -j DROP'), { nic: { mtu: 1400 } })
    const report = trace(host, ping('c1', OUT, { length: 1496 }))
    expect(report.disposition).toBe('too-big')
    expect(replyOf(report).hops[0]?.packet.icmp).toMatchObject({ type: 3, code: 4, mtu: 1400 })
    expect(replyOf(report).hops[0]?.packet.length).toBe(576)
  })

  it('without DF it leaves in fragments, of which only the first has an ICMP header', () => {
    const host = standardHost(RULES_20, { nic: { mtu: 1400 } })
    const report = trace(host, ping('c1', OUT, { length: 1496, dontFragment: false }))
    expect(report.disposition).toBe('leaves-host')
    const shown = mainOf(report).forward.hops.find((hop) => hop.device === 'ens5')?.frames
    expect(shown?.map((frame) => [frame.length, frame.icmp?.type])).toEqual([
      [1396, 8],
      [120, undefined],
    ])
  })

  it('fragments are put together before PREROUTING where connections are tracked, and cut again after POSTROUTING', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.17.0.3', { length: 2028, dontFragment: false }))
    const count = (trace: ReturnType<typeof replyOf>): string[] =>
      trace.hops.filter((hop) => hop.frames.length > 0).map((hop) => `${hop.device} ${hop.frames.length}`)
    expect(count(mainOf(report).forward)).toEqual(['eth0 2', 'vethc1 2', 'vethc2 2', 'eth0 2'])
    expect(matched(mainOf(report).forward).filter((rule) => rule === '-A FORWARD -j DOCKER-USER')).toHaveLength(1)
    const gateway = trace(standardHost(RULES_20), ping('c1', '172.17.0.1', { length: 2028, dontFragment: false }))
    expect(count(mainOf(gateway).forward)).toEqual(['eth0 2', 'vethc1 2', 'docker0 1'])
    expect(gateway.disposition).toBe('delivered')
  })

  it('a neighbour outside that has failed before: told from the NIC’s address, translated back', () => {
    const neighbors = [
      neighbor('ens5', '198.51.100.77', null, 'failed'),
      neighbor('docker0', '172.17.0.2', '02:42:ac:11:00:02'),
    ]
    const report = trace(standardHost(RULES_20, { neighbors }), ping('c1', '198.51.100.77'))
    expect(report.disposition).toBe('neighbor-unreachable')
    expect(icmpOf(replyOf(report))).toBe('3/1')
    expect(frames(replyOf(report)).at(-1)).toBe('container:c1 eth0 in 198.51.100.10 > 172.17.0.2 ttl 64')
    expect(replyOf(report).disposition).toBe('delivered')
  })
})

describe('REJECT', () => {
  it('in FORWARD: the ICMP error comes from the gateway', () => {
    const report = trace(
      standardHost(filterRule(`-A FORWARD -d ${OUT}/32 -j REJECT --reject-with icmp-port-unreachable`)),
      ping('c1', OUT),
    )
    expect(report.disposition).toBe('rejected')
    expect(icmpOf(replyOf(report))).toBe('3/3')
    expect(frames(replyOf(report))[0]).toBe('host docker0 out 172.17.0.1 > 172.17.0.2 ttl 64')
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('the error itself can be dropped in OUTPUT', () => {
    const rules = filterRule(
      `-A FORWARD -d ${OUT}/32 -j REJECT --reject-with icmp-port-unreachable\n-A OUTPUT -p icmp -j DROP`,
    )
    const report = trace(standardHost(rules), ping('c1', OUT))
    expect(report.disposition).toBe('rejected')
    expect(replyOf(report).disposition).toBe('dropped')
  })

  it('with a reset: in the name of the destination, by way of OUTPUT', () => {
    const rules = filterRule('-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n-A OUTPUT -p tcp -j ACCEPT')
    const host = standardHost(rules, { sysctls: { 'bridge/bridge-nf-call-iptables': '0' } })
    const reply = replyOf(trace(host, syn('c1', OUT, 80)))
    expect(frames(reply)[0]).toBe(`host docker0 out ${OUT}:80 > 172.17.0.2:40000 ttl 64`)
    expect(matched(reply)).toEqual(['-A OUTPUT -p tcp -j ACCEPT'])
    expect(reply.disposition).toBe('delivered')
  })

  it('a reset for a packet that came through br_netfilter leaves by its port, below OUTPUT, also when it was routed', () => {
    const rules = filterRule('-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n-A OUTPUT -p tcp -j DROP')
    const reply = replyOf(trace(standardHost(rules), syn('c1', OUT, 80)))
    expect(frames(reply)[0]).toBe(`host vethc1 out ${OUT}:80 > 172.17.0.2:40000 ttl 64`)
    expect(reply.disposition).toBe('delivered')
  })

  it('of an answer is told to the one that answered, in an exchange of its own', () => {
    const rules = filterRule('-A INPUT -p tcp -j REJECT --reject-with tcp-reset')
    const report = trace(standardHost(rules), syn('host', '172.17.0.4', 80))
    expect(replyOf(report).disposition).toBe('rejected')
    const last = report.exchanges.at(-1)
    expect(last?.label).toBe('TCP reset of the answer')
    expect(places(last?.forward as never)).toEqual(['host vethweb out', 'container:web eth0 in'])
  })

  it('a bridged packet’s reset goes out of its port, below OUTPUT', () => {
    const rules = filterRule('-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n-A OUTPUT -p tcp -j DROP')
    const report = trace(standardHost(rules), syn('c1', '172.17.0.4', 80))
    expect(report.disposition).toBe('rejected')
    expect(frames(replyOf(report))).toEqual([
      'host vethc1 out 172.17.0.4:80 > 172.17.0.2:40000 ttl 64',
      'container:c1 eth0 in 172.17.0.4:80 > 172.17.0.2:40000 ttl 64',
    ])
  })

  it('in INPUT: from the address that was asked', () => {
    const rules = filterRule('-A INPUT -p icmp -j REJECT --reject-with icmp-host-prohibited')
    const report = trace(standardHost(rules), ping('c1', '198.51.100.10'))
    expect(replyOf(report).hops[0]?.packet.src).toBe('198.51.100.10')
    expect(icmpOf(replyOf(report))).toBe('3/10')
  })
})

describe('what cannot be told', () => {
  it('a gap in the host’s rules', () => {
    const host = standardHost(RULES_20, {
      host: { rulesets: { iptables: null, nft: null, ipsets: null } },
      gaps: [{ namespace: 'host', what: 'iptables', why: 'permission denied' }],
    })
    const report = trace(host, ping('c1', OUT))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('permission denied')
  })

  it('a device that is not modelled', () => {
    const host = standardHost(RULES_20, { nic: { kind: 'bond' } })
    const report = trace(host, ping('c1', OUT))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('bond')
  })

  it('a veth whose other end was not read', () => {
    const state = standardHost(RULES_20)
    const cut = { ...state, namespaces: state.namespaces.filter((each) => each.name !== 'container:c2') }
    const report = trace(cut, ping('c1', '172.17.0.3'))
    expect(report.disposition).toBe('cannot-tell')
  })

  it('a route that spreads over several next hops', () => {
    const state = standardHost(RULES_20)
    const [host, ...rest] = state.namespaces
    const spread = host?.routes.map((each) =>
      each.destination === '0.0.0.0/0' ? { ...each, nextHops: [...each.nextHops, ...each.nextHops] } : each,
    )
    const report = trace(
      { ...state, namespaces: [{ ...(host as never as object), routes: spread } as never, ...rest] },
      ping('c1', OUT),
    )
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('next hops')
  })
})

describe('namespaces', () => {
  it('two namespaces that send a packet back and forth end as a loop', () => {
    const left = device(5, 'wire', 'veth', {
      mac: '02:00:00:00:00:01',
      addresses: [address('10.9.0.1/24')],
      peer: { namespace: 'sandbox:r', device: 'wire' },
    })
    const right = device(5, 'wire', 'veth', {
      mac: '02:00:00:00:00:02',
      addresses: [address('10.9.0.2/24')],
      peer: { namespace: 'host', device: 'wire' },
    })
    const state = standardHost(filterRule(''))
    const [host, ...rest] = state.namespaces
    if (host === undefined) throw new Error('no host')
    const here = namespace({
      name: 'host',
      devices: [...host.interfaces.slice(1), left],
      routes: ['default via 10.9.0.2 dev wire'],
      sysctls: host.sysctls,
    })
    const there = namespace({
      name: 'sandbox:r',
      devices: [right],
      routes: ['default via 10.9.0.1 dev wire'],
      sysctls: { 'ipv4/ip_forward': '1' },
    })
    const report = trace({ ...state, namespaces: [here, ...rest, there] }, ping('c1', OUT))
    expect(report.disposition).toBe('loop')
    expect(mainOf(report).reply).toBeNull()
  })

  it('a container without a network has no way out', () => {
    const state = standardHost(RULES_20, {
      containers: withContainer('c2', {
        over: { interfaces: [device(1, 'lo', 'loopback', { addresses: [address('127.0.0.1/8')] })], routes: [] },
      }),
    })
    const report = trace(state, ping('c2', OUT))
    expect(report.disposition).toBe('no-route')
    expect(frames(mainOf(report).forward)).toEqual([])
  })

  it('two containers in one namespace talk over lo', () => {
    const state = standardHost(RULES_20, { containers: withContainer('c1', { sockets: [socket('tcp 0.0.0.0:80')] }) })
    const [first, ...others] = state.containers
    const sidecar = {
      ...(first as (typeof state.containers)[0]),
      name: 'sidecar',
      id: 'f'.repeat(64),
      endpoints: [],
      networkMode: 'container:c1',
    }
    const shared = { ...state, containers: [first as never, ...others, sidecar] }
    const report = trace(shared, syn('sidecar', '127.0.0.1', 80))
    expect(places(mainOf(report).forward)).toEqual(['container:c1 lo in'])
    expect(report.disposition).toBe('delivered')
    expect(trace(shared, syn('c2', 'sidecar', 80)).disposition).toBe('delivered')
  })

  it('synthesised state is marked in every step', () => {
    const report = trace(standardHost(RULES_20, { origin: 'sandbox' }), ping('c1', '172.17.0.3'))
    const bases = mainOf(report).forward.hops.flatMap((hop) => hop.steps.map((step) => step.evidence.basis))
    expect(new Set(bases)).toEqual(new Set(['synth']))
  })
})
