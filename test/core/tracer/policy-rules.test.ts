import { describe, expect, it } from 'vitest'
import type { PolicyRule } from '../../../src/core/host/route.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'
import { frames, icmpOf, mainOf, matched, ping, replyOf, syn, trace } from '../../support/trace-words.ts'

const BARE: PolicyRule = {
  family: 4,
  priority: 100,
  not: false,
  from: null,
  to: null,
  inDevice: null,
  outDevice: null,
  mark: null,
  action: 'table',
  table: null,
  suppressPrefixLength: null,
  unsupported: [],
  text: '',
}

const DEFAULTS: readonly PolicyRule[] = [
  { ...BARE, priority: 0, table: 'local', text: '0: from all lookup local' },
  { ...BARE, priority: 32766, table: 'main', text: '32766: from all lookup main' },
]

const hostWith = (rule: Partial<PolicyRule>, sysctls: Readonly<Record<string, string>> = {}) =>
  standardHost(RULES_20, { host: { policyRules: [...DEFAULTS, { ...BARE, ...rule }] }, sysctls })

describe('policy rules', () => {
  it('an unreachable rule says net unreachable, where an unreachable route says host unreachable', () => {
    const report = trace(hostWith({ inDevice: 'docker0', action: 'unreachable', text: 'r' }), ping('c1', '203.0.113.9'))
    expect(report.disposition).toBe('no-route')
    expect(icmpOf(replyOf(report))).toBe('3/0')
  })

  it('a connection looks twice: the second time by the source that the first gave', () => {
    const host = hostWith({ from: '172.19.0.0/16', action: 'prohibit', text: 'r' })
    expect(trace(host, syn('host', '172.19.0.2', 80)).disposition).toBe('no-route')
    expect(trace(host, ping('host', '172.19.0.2')).disposition).toBe('delivered')
  })

  it('the way back is looked up as if the answer came in where the packet leaves', () => {
    const rule = { inDevice: 'docker0', action: 'blackhole', text: 'r' } as const
    const report = trace(hostWith(rule, { 'ipv4/conf/all/rp_filter': '2' }), syn('host', '172.17.0.4', 80))
    expect(replyOf(report).disposition).toBe('delivered')
  })
})

describe('a loopback source', () => {
  const redirect = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A OUTPUT -d 127.0.0.1/32 -p icmp -j DNAT --to-destination 172.17.0.2
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A OUTPUT -p icmp -j ACCEPT
COMMIT
`

  it('does not leave the namespace, and no chain after the one that lost the way is asked', () => {
    const report = trace(standardHost(redirect), ping('host', '127.0.0.1'))
    expect(report.disposition).toBe('dropped')
    expect(frames(mainOf(report).forward)).toEqual([])
    expect(matched(mainOf(report).forward)).toEqual([
      '-A OUTPUT -d 127.0.0.1/32 -p icmp -j DNAT --to-destination 172.17.0.2',
    ])
  })

  it('leaves where route_localnet says so', () => {
    const host = standardHost(redirect, { sysctls: { 'ipv4/conf/docker0/route_localnet': '1' } })
    expect(frames(mainOf(trace(host, ping('host', '127.0.0.1'))).forward)[0]).toBe(
      'host docker0 out 127.0.0.1 > 172.17.0.2 ttl 64',
    )
  })
})

describe('a mark that OUTPUT sets', () => {
  const OUT = '203.0.113.9'
  const marked = { mark: { value: 7, mask: 0xffffffff }, action: 'prohibit', text: 'r' } as const
  const rule = `-A OUTPUT -d ${OUT}/32 -j MARK --set-xmark 0x7/0xffffffff`
  const table = (name: string, rules: string): string => `*${name}\n:OUTPUT ACCEPT [0:0]\n${rules}\nCOMMIT\n`
  const host = (text: string) => standardHost(text, { host: { policyRules: [...DEFAULTS, { ...BARE, ...marked }] } })

  it.each([
    ['mangle', 'no-route'],
    ['raw', 'leaves-host'],
    ['filter', 'leaves-host'],
    ['security', 'leaves-host'],
  ])('in %s: %s, since only mangle looks for a way again', (name, disposition) => {
    expect(trace(host(table(name, rule)), ping('host', OUT)).disposition).toBe(disposition)
  })

  it('in raw: heeded where DNAT has the packet routed again', () => {
    const dnat = table('nat', `-A OUTPUT -d ${OUT}/32 -j DNAT --to-destination 203.0.113.10`)
    expect(trace(host(dnat), ping('host', OUT)).disposition).toBe('leaves-host')
    expect(trace(host(table('raw', rule) + dnat), ping('host', OUT)).disposition).toBe('no-route')
  })

  it('in mangle, and taken away in filter: the way stays', () => {
    const away = table('filter', rule.replace('0x7/', '0x0/'))
    expect(trace(host(table('mangle', rule) + away), ping('host', OUT)).disposition).toBe('no-route')
  })
})
