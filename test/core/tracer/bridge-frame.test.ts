import { describe, expect, it } from 'vitest'
import { neighbor } from '../../support/build-host.ts'
import { filterRule, RULES_20 } from '../../support/docker-rules.ts'
import { CONTAINERS, standardHost, withContainer } from '../../support/scene.ts'
import { frames, icmpOf, mainOf, matched, ping, places, replyOf, trace } from '../../support/trace-words.ts'

const FOURTH = { name: 'c4', ip: '172.17.0.5', index: 25, bridge: 'docker0', gateway: '172.17.0.1', network: 'bridge' }

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

  it('each copy is judged in the order of the ports, and told of at the bridge; nat is asked for the first', () => {
    const mac = (last: number): string => `02:42:ac:11:00:0${last}`
    const containers = [...withContainer('c1', { neighbors: [neighbor('eth0', '172.17.0.4', mac(4))] }), FOURTH]
    const host = standardHost(RULES_20, { host: { fdb: [] }, containers })
    const { hops } = mainOf(trace(host, ping('c1', '172.17.0.4'))).forward
    const told = hops.map(({ device, steps }) => [device, steps.filter(({ kind }) => kind === 'rule').length > 0])
    expect(told.slice(2)).toEqual([
      ['vethc1', false],
      ['docker0', true],
      ['vethc4', false],
      ['eth0', false],
      ['docker0', true],
      ['vethc2', false],
      ['eth0', false],
      ['docker0', true],
      ['vethweb', false],
      ['eth0', false],
      [null, false],
    ])
    const nat = hops.map(({ steps }) => steps.filter((step) => step.kind === 'policy' && step.table === 'nat').length)
    expect(nat).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  it('a rule that refuses every copy tells as often, which is not followed', () => {
    const known = [neighbor('eth0', '172.17.0.3', '02:42:ac:11:00:03')]
    const containers = withContainer('c1', { neighbors: known })
    const rejects = filterRule('-A FORWARD -i docker0 -o docker0 -j REJECT')
    const report = trace(standardHost(rejects, { host: { fdb: [] }, containers }), ping('c1', '172.17.0.3'))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('each copy of a flooded frame that is refused')
    expect(trace(standardHost(rejects, { containers }), ping('c1', '172.17.0.3')).disposition).toBe('rejected')
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
