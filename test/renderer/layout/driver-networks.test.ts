import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { estimateWidth } from '../../../src/renderer/layout/fonts.ts'
import { layoutHost } from '../../../src/renderer/layout/layout-host.ts'
import { wireBetween } from '../../../src/renderer/layout/travel.ts'

const captured = new URL('../../fixtures/stacked/macvlan-bridge-vlan/host.json', import.meta.url)
const bare = JSON.parse(readFileSync(captured, 'utf8')) as HostState
const network = {
  id: 'n'.repeat(64),
  name: 'stacked',
  driver: 'macvlan',
  scope: 'local',
  internal: false,
  attachable: false,
  ingress: false,
  ipv6: false,
  subnets: [],
  options: {},
  labels: {},
  bridge: null,
}
const C1 = { kind: 'device', netns: 'container:c1', device: 'eth0' } as const
const NIC = { kind: 'device', netns: 'host', device: 'p0.7' } as const

describe('a macvlan network', () => {
  const layout = layoutHost({ ...bare, networks: [network] }, estimateWidth)
  const box = layout.boxes.find(({ id }) => id === 'driver:stacked')

  it('says its mode and the NIC that it sits on', () => {
    expect(box?.title).toBe('stacked\nmacvlan bridge\non p0.7')
  })

  it('is wired to its containers and to that NIC, and packets take these wires', () => {
    const nic = layout.boxes.find(({ id }) => id === 'nic:p0.7')
    const from = layout.links.find(({ to, from: end }) => to.includes('stacked') && end.includes('p0.7'))
    expect(from?.curve[0]?.[0]).toMatchObject({ x: nic?.x })
    const way = wireBetween(layout, C1, NIC)
    const turn = way.flat().filter(({ x }) => box !== undefined && x >= box.x && x <= box.x + box.width)
    expect(turn.length).toBeGreaterThan(1)
  })

  it('without a network of Docker’s the wire leads to the NIC itself', () => {
    const plain = layoutHost(bare, estimateWidth)
    expect(plain.links.some(({ from, to }) => from.includes('container:c1') && to.includes('p0.7'))).toBe(true)
  })
})
