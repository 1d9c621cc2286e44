import { expect, it } from 'vitest'
import { protocolNumber } from '../../../src/core/net/protocol-number.ts'

it.each([
  ['tcp', 6],
  ['ipv6-icmp', 58],
  ['icmpv6', 58],
  ['47', 47],
  ['256', null],
  ['constructor', null],
  ['', null],
])('protocol %s has number %s', (name, number) => {
  expect(protocolNumber(name)).toBe(number)
})
