import { describe, expect, it } from 'vitest'
import type { InterfaceKind } from '../../../src/core/host/interface.ts'
import { findParents } from '../../../src/core/parse/find-parents.ts'
import type { LinkEnd, RawInterface } from '../../../src/core/parse/ip-addr.ts'
import { device } from '../../support/build-namespace.ts'

const raw = (kind: InterfaceKind, name: string, index: number, end: Partial<LinkEnd> = {}): RawInterface => ({
  device: device(index, name, kind),
  end: { index: null, peerName: null, netnsId: null, ...end },
})
const found = (map: ReturnType<typeof findParents>): string[] =>
  [...map].map(([key, { namespace, device: name }]) => `${key} on ${namespace} ${name}`)

const host = {
  id: 'host',
  netnsIds: new Map([[1, 'a']]),
  interfaces: [raw('loopback', 'lo', 1), raw('physical', 'ens5', 2), raw('vlan', 'ens5.7', 3, { peerName: 'ens5' })],
}
const container = (id: string, netnsIds: ReadonlyMap<number, string> | null, index: number) => ({
  id,
  netnsIds,
  interfaces: [raw('veth', 'eth1', 2, { index: 9, netnsId: 0 }), raw('macvlan', 'eth0', 4, { index, netnsId: 0 })],
})

describe('findParents', () => {
  it('goes by the id that the device’s own namespace gives to the parent’s', () => {
    const ids = new Map([[0, 'host']])
    expect(found(findParents([host, container('a', ids, 3), container('b', ids, 2)]))).toEqual([
      'host 3 on host ens5',
      'a 4 on host ens5.7',
      'b 4 on host ens5',
    ])
  })

  it('finds nothing in a namespace that was not read, whatever has that index elsewhere', () => {
    expect(found(findParents([host, container('a', new Map(), 2)]))).toEqual(['host 3 on host ens5'])
  })

  it('without ids takes the only device of that index elsewhere, and none of several', () => {
    expect(found(findParents([host, container('a', null, 3)]))).toContain('a 4 on host ens5.7')
    const other = { ...container('b', null, 8), interfaces: [raw('veth', 'eth0', 2)] }
    expect(found(findParents([host, container('a', null, 2), other]))).toEqual(['host 3 on host ens5'])
  })
})
