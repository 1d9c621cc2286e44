import { describe, expect, it } from 'vitest'
import { RULES_20 } from '../../support/docker-rules.ts'
import { standardHost, withContainer } from '../../support/scene.ts'
import { frames, ping, places, trace } from '../../support/trace-words.ts'

describe('ARP', () => {
  it('a container asks for its gateway: a copy to every port, the bridge answers', () => {
    const host = standardHost(RULES_20, { containers: withContainer('c1', { neighbors: [] }) })
    const report = trace(host, ping('c1', '203.0.113.80'))
    const arp = report.exchanges[0]
    expect(report.exchanges.map((exchange) => exchange.label)).toEqual(['ARP 172.17.0.1', 'ICMP echo'])
    expect(places(arp?.forward as never)).toEqual([
      'container:c1 eth0 out',
      'host vethc1 in',
      'host vethweb out',
      'container:web eth0 in',
      'host vethc2 out',
      'container:c2 eth0 in',
      'host docker0 in',
    ])
    expect(places(arp?.reply as never)).toEqual(['host docker0 out', 'host vethc1 out', 'container:c1 eth0 in'])
    expect(report.disposition).toBe('leaves-host')
  })

  it('a neighbour on the same bridge answers; the answer does not need to ask back', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.17.0.3'))
    expect(report.exchanges.map((exchange) => exchange.label)).toEqual(['ARP 172.17.0.3', 'ICMP echo'])
    expect(frames(report.exchanges[0]?.reply as never).at(-1)).toBe(
      'container:c1 eth0 in 172.17.0.3 > 172.17.0.2 ttl 0',
    )
  })

  it('the host asks on its bridge', () => {
    const report = trace(standardHost(RULES_20, { neighbors: [] }), ping('host', '172.17.0.2'))
    expect(places(report.exchanges[0]?.forward as never)).toEqual([
      'host docker0 out',
      'host vethweb out',
      'container:web eth0 in',
      'host vethc2 out',
      'container:c2 eth0 in',
      'host vethc1 out',
      'container:c1 eth0 in',
    ])
    expect(report.disposition).toBe('delivered')
    // The answer came in by a port: the packet goes out by that one alone.
    const main = report.exchanges.find((exchange) => exchange.main)
    expect(places(main?.forward as never)).toEqual(['host docker0 out', 'host vethc1 out', 'container:c1 eth0 in'])
  })

  it('a stale entry is used without asking, a machine outside is assumed to answer', () => {
    const report = trace(standardHost(RULES_20, { neighbors: [] }), ping('host', '203.0.113.80'))
    expect(report.exchanges.map((exchange) => exchange.label)).toEqual(['ICMP echo'])
    const step = report.exchanges[0]?.forward.hops[0]?.steps.find((each) => each.kind === 'neighbor')
    expect(step?.evidence.basis).toBe('assumed')
  })
})
