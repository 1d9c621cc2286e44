import { describe, expect, it } from 'vitest'
import { findSocket, type SocketQuery } from '../../../src/core/forward/find-socket.ts'
import { socket } from '../../support/build-host.ts'

const query = (destination: string, more: Partial<SocketQuery> = {}): SocketQuery => ({
  protocol: 'tcp',
  family: destination.includes(':') ? 6 : 4,
  destination,
  port: 80,
  device: 'eth0',
  ...more,
})

describe('findSocket', () => {
  const any = socket('tcp 0.0.0.0:80', 'any')
  const own = socket('tcp 10.0.0.1:80', 'own')
  const dual = socket('tcp [::]:80', 'dual')
  const only6 = socket('tcp [::]:80', 'only6', { ipv6Only: true })

  it.each([
    ['the very address before the wildcard', [any, own], '10.0.0.1', 'own'],
    ['the wildcard for any other address', [own, any], '10.0.0.2', 'any'],
    ['IPv4’s own wildcard before a dual-stack one', [dual, any], '10.0.0.2', 'any'],
    ['a dual-stack socket for IPv4', [dual], '10.0.0.2', 'dual'],
    ['not an IPv6-only socket for IPv4', [only6], '10.0.0.2', null],
    ['an IPv6-only socket for IPv6', [only6], '2001:db8::1', 'only6'],
    ['not an IPv4 wildcard for IPv6', [any], '2001:db8::1', null],
    ['an IPv4-mapped address', [socket('tcp [::ffff:10.0.0.1]:80', 'mapped')], '10.0.0.1', 'mapped'],
    [
      'one bound to the device before one that is not',
      [any, socket('tcp 0.0.0.0:80', 'bound', { device: 'eth0' })],
      '10.0.0.2',
      'bound',
    ],
    ['not one bound to another device', [socket('tcp 0.0.0.0:80', 'bound', { device: 'eth1' })], '10.0.0.2', null],
    ['not another port', [socket('tcp 0.0.0.0:81')], '10.0.0.2', null],
    ['not another protocol', [socket('udp 0.0.0.0:80')], '10.0.0.2', null],
  ])('takes %s', (_name, sockets, destination, expected) => {
    expect(findSocket(sockets, query(destination))?.process?.name ?? null).toBe(expected)
  })
})
