import { describe, expect, it } from 'vitest'
import { filterRule } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'
import { frames, icmpOf, matched, ping, places, replyOf, syn, trace } from '../../support/trace-words.ts'

const OUT = '203.0.113.80'

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
