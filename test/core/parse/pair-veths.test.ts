import { describe, expect, it } from 'vitest'
import type { Interface } from '../../../src/core/host/interface.ts'
import type { LinkEnd, RawInterface } from '../../../src/core/parse/ip-addr.ts'
import { pairVeths } from '../../../src/core/parse/pair-veths.ts'

function veth(name: string, index: number, end: Partial<LinkEnd>): RawInterface {
  const device: Interface = {
    index,
    name,
    kind: 'veth',
    mac: null,
    mtu: 1500,
    up: true,
    carrier: true,
    operState: 'UP',
    master: null,
    addresses: [],
    peer: null,
  }
  return { device, end: { index: null, peerName: null, netnsId: null, ...end } }
}

function peersOf(paired: ReturnType<typeof pairVeths>): string[] {
  return [...paired].flatMap(([id, devices]) =>
    devices.map(({ name, peer }) => `${id}/${name} ${peer === null ? '-' : `${peer.namespace}/${peer.device}`}`),
  )
}

/** Docker 28: every container's eth0 has index 2, and so has the host's NIC. */
const nic = veth('ens5', 2, { index: 5, netnsId: 0 })
const host = {
  id: 'host',
  interfaces: [nic, veth('vetha', 7, { index: 2, netnsId: 1 }), veth('vethb', 8, { index: 2, netnsId: 2 })],
}
const a = { id: 'a', interfaces: [veth('eth0', 2, { index: 7, netnsId: 0 })] }
const b = { id: 'b', interfaces: [veth('eth0', 2, { index: 8, netnsId: 0 })] }
const all = ['host/ens5 -', 'host/vetha a/eth0', 'host/vethb b/eth0', 'a/eth0 host/vetha', 'b/eth0 host/vethb']

describe('pairVeths', () => {
  it('pairs by the ids that the host gives to other namespaces', () => {
    expect(
      peersOf(
        pairVeths(
          [host, a, b],
          new Map([
            [1, 'a'],
            [2, 'b'],
          ]),
        ),
      ),
    ).toEqual(all)
  })

  it('pairs by both indexes where the ids could not be read', () => {
    expect(peersOf(pairVeths([host, a, b], null))).toEqual(all)
  })

  it('never guesses: an id of a namespace that nobody read stays alone, though indexes would fit', () => {
    // The NIC says "index 5 in namespace 0"; a container's device with index 5 that points back at index 2 is not it.
    const other = { id: 'c', interfaces: [veth('eth1', 5, { index: 2, netnsId: 3 })] }
    expect(peersOf(pairVeths([host, other], new Map([[3, 'c']])))).toContain('host/ens5 -')
  })

  it('wants both ends to name each other', () => {
    const moved = { id: 'a', interfaces: [veth('eth0', 2, { index: 99, netnsId: 0 })] }
    expect(peersOf(pairVeths([host, moved], new Map([[1, 'a']])))).toContain('host/vetha -')
  })

  it('leaves two that fit equally well alone', () => {
    const lone = { id: 'host', interfaces: [veth('vetha', 7, { index: 2, netnsId: 1 })] }
    const twin = { id: 'twin', interfaces: [veth('eth0', 2, { index: 7, netnsId: 4 })] }
    expect(peersOf(pairVeths([lone, a, twin], null))).toContain('host/vetha -')
  })

  it('pairs two ends in one namespace by name, and two containers with each other', () => {
    const within = [veth('v0', 3, { peerName: 'v1' }), veth('v1', 4, { peerName: 'v0' })]
    const left = { id: 'left', interfaces: [veth('x', 10, { index: 20, netnsId: 5 })] }
    const right = { id: 'right', interfaces: [veth('y', 20, { index: 10, netnsId: 6 })] }
    expect(peersOf(pairVeths([{ id: 'host', interfaces: within }, left, right], new Map()))).toEqual([
      'host/v0 host/v1',
      'host/v1 host/v0',
      'left/x right/y',
      'right/y left/x',
    ])
  })
})
