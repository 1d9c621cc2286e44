import { isIP } from 'node:net'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import {
  canonicalAddress,
  formatAddress,
  formatIpv4,
  formatIpv6,
  parseAddress,
  parseIpv4,
  parseIpv6,
} from '../../../src/core/net/address.ts'

describe('IPv4', () => {
  it.each([
    ['0.0.0.0', 0],
    ['255.255.255.255', 4294967295],
    ['172.17.0.2', 2886795266],
  ])('%s is %d', (text, value) => {
    expect(parseIpv4(text)).toBe(value)
    expect(formatIpv4(value)).toBe(text)
  })

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4 ',
    'a.b.c.d',
    '1.2.3.-4',
  ])('"%s" is none', (text) => {
    expect(parseIpv4(text)).toBeNull()
  })
})

describe('IPv6', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['::ffff:a00:1', '::ffff:10.0.0.1'],
    ['fe80::', 'fe80::'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })

  it.each([
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    'g::',
    '12345::',
    '::1%eth0',
    '1.2.3.4::',
    '::1.2.3',
  ])('"%s" is none', (text) => {
    expect(parseIpv6(text)).toBeNull()
  })

  it('any address is written as ipaddr.js does by RFC 5952, and read back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 0, max: 255 }), (random, holes) => {
        let value = random
        for (let group = 0n; group < 8n; group++) if ((holes >> Number(group)) & 1) value &= ~(0xffffn << (group * 16n))
        if (value >> 32n === 0xffffn) return true
        const text = formatIpv6(value)
        return parseIpv6(text) === value && ipaddr.IPv6.parse(text).toRFC5952String() === text
      }),
    )
  })
})

it('agrees with Node on what is an address', () => {
  const piece = fc.constantFrom('0', '1', 'ff', 'ffff', '255', '256', '00', ':', '::', '.', '/', 'g', '')
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(piece, { maxLength: 16 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (candidate) => (parseAddress(candidate)?.family ?? 0) === isIP(candidate)),
    { numRuns: 1000 },
  )
})

it('writes values of either family', () => {
  expect(formatAddress(4, 2130706433)).toBe('127.0.0.1')
  expect(formatAddress(6, 1n)).toBe('::1')
  expect(canonicalAddress('nonsense')).toBeNull()
})
