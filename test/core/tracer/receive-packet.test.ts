import { describe, expect, it } from 'vitest'
import { address, device, neighbor } from '../../support/build-host.ts'
import { filterRule, RULES_20 } from '../../support/docker-rules.ts'
import { standardHost, withContainer } from '../../support/scene.ts'
import { frames, icmpOf, mainOf, matched, ping, replyOf, steps, trace } from '../../support/trace-words.ts'

const OUT = '203.0.113.80'

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
