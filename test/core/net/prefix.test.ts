import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../../src/core/net/address.ts'
import {
  canonicalPrefix,
  ipv4Mask,
  parsePrefix,
  prefixContains,
  specialRange,
  textPrefixContains,
} from '../../../src/core/net/prefix.ts'

describe('a prefix', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.0/255.0.0.0', '10.0.0.0/8'],
    ['10.9.0.1/255.0.255.255', '10.0.0.1/255.0.255.255'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalPrefix(text)).toBe(canonical)
  })

  it.each([
    '',
    '/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '2001:db8::/129',
    'default',
    '10.0.0/8',
  ])('"%s" is none', (text) => {
    expect(parsePrefix(text)).toBeNull()
  })

  it.each([
    ['128.0.0.0/1', '255.1.2.3', true],
    ['128.0.0.0/1', '127.255.255.255', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['172.17.0.0/16', '172.17.255.255', true],
    ['172.17.0.0/16', '172.18.0.0', false],
    ['10.0.0.1/255.0.255.255', '10.77.0.1', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['::/0', '10.0.0.1', false],
    ['0.0.0.0/0', '::1', false],
    ['nonsense', '10.0.0.1', false],
  ])('%s holds %s: %s', (prefix, address, holds) => {
    expect(textPrefixContains(prefix, address)).toBe(holds)
  })

  it('agrees with ipaddr.js on every prefix and address', () => {
    const pair = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4()),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }), fc.ipV6()),
    )
    fc.assert(
      fc.property(pair, ([network, length, address]) => {
        const prefix = parsePrefix(`${network}/${length}`)
        const value = parseAddress(address)
        if (prefix === null || value === null) return false
        const theirs = ipaddr.parse(address).match(ipaddr.parse(network), length)
        return prefixContains(prefix, value.value) === theirs && prefix.length === length
      }),
    )
  })
})

it('masks are unsigned', () => {
  expect([ipv4Mask(0), ipv4Mask(1), ipv4Mask(24), ipv4Mask(32)]).toEqual([0, 0x80000000, 0xffffff00, 0xffffffff])
})

it.each([
  ['0.0.0.0', 'unspecified'],
  ['127.0.0.11', 'loopback'],
  ['169.254.1.1', 'link-local'],
  ['224.0.0.251', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['172.17.0.2', null],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', null],
  ['ff02::1', 'multicast'],
  ['2001:db8::1', null],
] as const)('%s is %s', (text, range) => {
  const address = parseAddress(text)
  expect(address === null ? undefined : specialRange(address.family, address.value)).toBe(range)
})
