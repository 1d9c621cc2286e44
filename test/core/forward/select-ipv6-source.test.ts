import { describe, expect, it } from 'vitest'
import { indexNamespace } from '../../../src/core/forward/forward-index.ts'
import { selectIpv6Source } from '../../../src/core/forward/select-ipv6-source.ts'
import type { InterfaceAddress } from '../../../src/core/host/interface.ts'
import { namespace } from '../../support/build-namespace.ts'

const at = (address: string, more: Partial<InterfaceAddress> = {}): InterfaceAddress => ({
  family: 6,
  address,
  prefixLength: 64,
  scope: address.startsWith('fe80') ? 'link' : 'global',
  primary: true,
  ...more,
})

const built = namespace({ name: 'host', devices: [] })
const device = (name: string, index: number, addresses: readonly InterfaceAddress[]) =>
  ({
    index,
    name,
    kind: 'physical',
    mac: `02:00:00:00:00:0${index}`,
    mtu: 1500,
    up: true,
    carrier: true,
    operState: 'UP',
    master: null,
    addresses,
    peer: null,
  }) as const

const host = indexNamespace({
  ...built,
  interfaces: [
    device('lo', 1, [at('::1', { prefixLength: 128, scope: 'host' })]),
    device('eth0', 2, [
      at('2001:db8:1::1', { deprecated: true }),
      at('2001:db8:2::1'),
      at('fd00:1::1'),
      at('2001:db8:9::1', { tentative: true }),
      at('fe80::1'),
    ]),
    device('eth1', 3, [at('fe80::2'), at('2001:db8:3::1')]),
    device('eth2', 4, [at('fe80::3')]),
  ],
})

describe('selectIpv6Source follows RFC 6724 as the kernel does', () => {
  it.each([
    ['the destination itself', 'eth0', 'fd00:1::1', 'fd00:1::1'],
    ['a link-local destination: the device alone', 'eth1', 'fe80::99', 'fe80::2'],
    ['a group of the link', 'eth1', 'ff02::1', 'fe80::2'],
    ['not the deprecated one, however near', 'eth0', '2001:db8:1::99', '2001:db8:2::1'],
    ['not the tentative one, however near', 'eth0', '2001:db8:9::99', '2001:db8:2::1'],
    ['the same label: unique local to unique local', 'eth0', 'fd00:7::1', 'fd00:1::1'],
    ['the same label: global to global', 'eth0', '2a00::1', '2001:db8:2::1'],
    ['the outgoing device before the longer prefix', 'eth1', '2001:db8:2::99', '2001:db8:3::1'],
    ['another device where the outgoing one has only a link-local one', 'eth2', '2001:db8:3::99', '2001:db8:3::1'],
  ])('%s', (_what, name, destination, expected) => {
    expect(selectIpv6Source(host, name, destination)).toBe(expected)
  })
})
