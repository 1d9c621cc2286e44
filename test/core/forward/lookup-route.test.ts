import { describe, expect, it } from 'vitest'
import { indexNamespace } from '../../../src/core/forward/forward-index.ts'
import { lookupRoute, type RouteQuery } from '../../../src/core/forward/lookup-route.ts'
import { findAddressType } from '../../../src/core/forward/find-address-type.ts'
import { selectAddress } from '../../../src/core/forward/select-source.ts'
import type { PolicyRule } from '../../../src/core/host/route.ts'
import { address, device, namespace, route } from '../../support/build-host.ts'

const query = (destination: string, more: Partial<RouteQuery> = {}): RouteQuery => ({
  family: destination.includes(':') ? 6 : 4,
  destination,
  source: null,
  inDevice: 'lo',
  outDevice: null,
  mark: 0,
  ...more,
})

const policy = (priority: number, table: string, more: Partial<PolicyRule> = {}): PolicyRule => ({
  family: 4,
  priority,
  not: false,
  from: null,
  to: null,
  inDevice: null,
  outDevice: null,
  mark: null,
  action: 'table',
  table,
  suppressPrefixLength: null,
  unsupported: [],
  text: `${priority}: lookup ${table}`,
  ...more,
})

const eth = device(2, 'eth0', 'physical', {
  addresses: [address('10.99.2.1/24'), address('10.99.3.1/24'), address('10.99.2.9/24', false)],
})

function index(
  routes: readonly string[],
  rules: readonly PolicyRule[] = [],
  table: readonly (readonly [string, string])[] = [],
) {
  const base = namespace({ name: 'host', devices: [eth], routes })
  const extra = table.map(([text, name]) => route(text, name))
  return indexNamespace({ ...base, routes: [...base.routes, ...extra], policyRules: rules })
}

const chosen = (decision: ReturnType<typeof lookupRoute>): string | null =>
  decision.kind === 'forward' ? decision.route.text : decision.kind

describe('lookupRoute', () => {
  it('ip route get: the longest prefix, then the lowest metric', () => {
    const host = index([
      'default via 10.99.2.254 dev eth0 metric 100',
      'default via 10.99.2.253 dev eth0 metric 50',
      '203.0.113.0/24 via 10.99.3.2 dev eth0',
    ])
    expect(chosen(lookupRoute(host, query('203.0.113.9')))).toBe('203.0.113.0/24 via 10.99.3.2 dev eth0')
    expect(chosen(lookupRoute(host, query('8.8.8.8')))).toBe('default via 10.99.2.253 dev eth0 metric 50')
    expect(lookupRoute(host, query('10.99.3.1')).kind).toBe('local')
    expect(lookupRoute(host, query('127.1.2.3')).kind).toBe('local')
  })

  it('ip route add throw: the next rule is asked', () => {
    const host = index(
      ['default via 10.99.2.254 dev eth0'],
      [policy(10, '77'), policy(20, 'local'), policy(30, 'main')],
      [
        ['throw 203.0.113.0/24', '77'],
        ['blackhole 198.18.0.0/15', '77'],
      ],
    )
    expect(chosen(lookupRoute(host, query('203.0.113.9')))).toBe('default via 10.99.2.254 dev eth0')
    expect(lookupRoute(host, query('198.18.0.1')).kind).toBe('blackhole')
  })

  it('ip rule: from, fwmark with mask, iif, not', () => {
    const host = index(
      ['default via 10.99.2.254 dev eth0'],
      [
        policy(10, '1', { from: '172.17.0.0/16' }),
        policy(11, '2', { mark: { value: 0x10, mask: 0xf0 } }),
        policy(12, '3', { inDevice: 'docker0' }),
        policy(30, 'main'),
      ],
      [
        ['unreachable 203.0.113.0/24', '1'],
        ['prohibit 203.0.113.0/24', '2'],
        ['blackhole 203.0.113.0/24', '3'],
      ],
    )
    expect(lookupRoute(host, query('203.0.113.9', { source: '172.17.0.2' })).kind).toBe('unreachable')
    expect(lookupRoute(host, query('203.0.113.9', { mark: 0x1f })).kind).toBe('prohibit')
    expect(lookupRoute(host, query('203.0.113.9', { inDevice: 'docker0' })).kind).toBe('blackhole')
    expect(lookupRoute(host, query('203.0.113.9')).kind).toBe('forward')
  })

  it('suppress_prefixlength 0 makes a table’s default route invisible', () => {
    const host = index(
      ['default via 10.99.2.254 dev eth0'],
      [policy(10, 'main', { suppressPrefixLength: 0 }), policy(20, '5')],
      [['default via 10.99.3.7 dev eth0', '5']],
    )
    expect(chosen(lookupRoute(host, query('8.8.8.8')))).toBe('default via 10.99.3.7 dev eth0')
    expect(lookupRoute(host, query('10.99.2.77')).kind).toBe('forward')
  })

  it('a rule with a selector that is not modelled cannot be decided', () => {
    const host = index(
      [],
      [policy(10, 'main', { unsupported: ['uidrange'], text: '10: from all uidrange 0-0 lookup main' })],
    )
    expect(lookupRoute(host, query('8.8.8.8'))).toMatchObject({
      kind: 'unknown',
      what: expect.stringContaining('uidrange'),
    })
  })

  it('IPv6: the same tables of their own family', () => {
    const host = index(['default via 2001:db8::1 dev eth0', '2001:db8:5::/48 via 2001:db8::2 dev eth0'])
    expect(chosen(lookupRoute(host, query('2001:db8:5::9')))).toBe('2001:db8:5::/48 via 2001:db8::2 dev eth0')
  })
})

describe('selectAddress follows inet_select_addr', () => {
  const host = index([])
  it.each([
    ['a next hop in the second subnet', '10.99.3.2', '10.99.3.1'],
    ['a next hop in the first', '10.99.2.2', '10.99.2.1'],
    ['a next hop in no subnet: the first primary', '203.0.113.1', '10.99.2.1'],
    ['no next hop: the first primary', null, '10.99.2.1'],
  ])('%s', (_name, nextHop, expected) => {
    expect(selectAddress(host, 4, 'eth0', nextHop)).toBe(expected)
  })

  it('a device without one borrows another’s; a namespace without any has none', () => {
    expect(selectAddress(host, 4, 'nothing', null)).toBe('10.99.2.1')
    expect(selectAddress(indexNamespace(namespace({ name: 'host', devices: [] })), 4, 'lo', null)).toBeNull()
  })
})

describe('findAddressType', () => {
  const host = index([])
  it.each([
    ['10.99.2.9', 'LOCAL'],
    ['127.0.0.5', 'LOCAL'],
    ['10.99.2.7', 'UNICAST'],
    ['224.0.0.1', 'MULTICAST'],
    ['255.255.255.255', 'BROADCAST'],
  ] as const)('%s is %s', (text, type) => {
    expect(findAddressType(host, 4, text, null)).toBe(type)
  })

  it('an address of IPv6 that no route leads to is unreachable', () => {
    const none = index([])
    const some = index(['2001:db8::/32 via fe80::1 dev eth0'])
    expect(findAddressType(none, 6, '2001:db8::9', null)).toBe('UNREACHABLE')
    expect(findAddressType(some, 6, '2001:db8::9', null)).toBe('UNICAST')
  })

  it('with a device only its own addresses are local', () => {
    expect(findAddressType(host, 4, '10.99.2.1', 'eth0')).toBe('LOCAL')
    expect(findAddressType(host, 4, '10.99.2.1', 'lo')).toBe('UNICAST')
  })
})
