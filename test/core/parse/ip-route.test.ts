import { describe, expect, it } from 'vitest'
import { parseIpRoute } from '../../../src/core/parse/ip-route.ts'

const parse = (routes: readonly object[], family: 4 | 6 = 4, nexthops: readonly object[] = []) =>
  parseIpRoute(JSON.stringify(routes), family, JSON.stringify(nexthops))

const hop = { via: null, weight: 1, onlink: false, linkDown: false }

describe('parseIpRoute', () => {
  it.each([
    [
      'default via 198.51.100.1 dev ens5 proto boot',
      { type: 'unicast', dst: 'default', gateway: '198.51.100.1', dev: 'ens5', protocol: 'boot', scope: 'global' },
      { destination: '0.0.0.0/0', type: 'unicast', nextHops: [{ ...hop, via: '198.51.100.1', device: 'ens5' }] },
    ],
    [
      '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown',
      {
        dst: '172.17.0.0/16',
        dev: 'docker0',
        protocol: 'kernel',
        scope: 'link',
        prefsrc: '172.17.0.1',
        flags: ['linkdown'],
      },
      {
        destination: '172.17.0.0/16',
        preferredSource: '172.17.0.1',
        nextHops: [{ ...hop, device: 'docker0', linkDown: true }],
      },
    ],
    [
      'local 172.17.0.1 dev docker0 table local proto kernel scope host src 172.17.0.1',
      {
        type: 'local',
        dst: '172.17.0.1',
        dev: 'docker0',
        table: 'local',
        protocol: 'kernel',
        scope: 'host',
        prefsrc: '172.17.0.1',
      },
      { destination: '172.17.0.1/32', table: 'local', type: 'local' },
    ],
    [
      'blackhole 10.1.0.0/16 metric 7',
      { type: 'blackhole', dst: '10.1.0.0/16', metric: 7 },
      { nextHops: [], metric: 7 },
    ],
  ])('%s', (text, json, expected) => {
    const { value, problems } = parse([{ flags: [], ...json }])
    expect(problems).toEqual([])
    expect(value).toMatchObject([{ ...expected, text }])
  })

  it('reads several ways of one route with their weights', () => {
    const nexthops = [
      { gateway: '10.0.0.1', dev: 'a', weight: 1, flags: [] },
      { gateway: '10.0.0.2', dev: 'b', weight: 3, flags: ['dead', 'linkdown'] },
    ]
    expect(parse([{ dst: 'default', nexthops }]).value).toMatchObject([
      {
        nextHops: [
          { via: '10.0.0.1', device: 'a', weight: 1, linkDown: false },
          { via: '10.0.0.2', device: 'b', weight: 3, linkDown: true },
        ],
      },
    ])
  })

  it('follows nexthop objects and groups of them; one that is not there is a problem, not a route to nowhere', () => {
    const objects = [
      { id: 1, gateway: '10.0.0.1', dev: 'a' },
      { id: 2, gateway: '10.0.0.2', dev: 'b' },
      { id: 9, group: [{ id: 1 }, { id: 2, weight: 5 }] },
    ]
    const group = parse([{ dst: 'default', nhid: 9 }], 4, objects)
    expect(group.value?.[0]?.nextHops.map(({ via, weight }) => [via, weight])).toEqual([
      ['10.0.0.1', 1],
      ['10.0.0.2', 5],
    ])
    const missing = parse([{ dst: 'default', nhid: 4 }], 4, objects)
    expect([missing.value, missing.problems.length]).toEqual([[], 1])
  })

  it('refuses IPv6 routes among those of IPv4, as `route show table all` without a family prints them', () => {
    const { value, problems } = parse([{ dst: 'fe80::1', dev: 'eth0' }], 4)
    expect([value, problems.length]).toEqual([[], 1])
    expect(parse([{ dst: 'fe80::1', dev: 'eth0' }], 6).value).toMatchObject([{ destination: 'fe80::1/128', family: 6 }])
  })
})
