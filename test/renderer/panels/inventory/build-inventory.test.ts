import { describe, expect, it } from 'vitest'
import { buildInventory } from '../../../../src/renderer/panels/inventory/build-inventory.ts'
import { sampleHost } from '../sample-host.ts'

describe('buildInventory', () => {
  it('puts the default bridge first and none last', () => {
    expect(buildInventory(sampleHost()).map((network) => network.name)).toEqual(['bridge', 'net-a', 'none'])
  })

  it('hangs every container below its network, stopped ones too', () => {
    const [bridge, own] = buildInventory(sampleHost())
    expect(bridge?.containers.map((each) => [each.name, each.badge])).toEqual([
      ['c1', '.2'],
      ['c2', '.3'],
      ['web', '8080→80'],
    ])
    expect(own?.containers.map((each) => [each.name, each.state, each.badge])).toEqual([
      ['a1', 'running', '.2'],
      ['old', 'exited', 'exited'],
    ])
  })

  it('tells driver, subnet and gateway', () => {
    const own = buildInventory(sampleHost())[1]
    expect(own).toMatchObject({ badge: '172.18.0.0/16', summary: 'bridge · gateway 172.18.0.1' })
    expect(own?.detail).toContain('gateway 172.18.0.1')
  })

  it('takes the gateway from a container where the engine leaves it out', () => {
    const host = sampleHost()
    const networks = host.networks.map((network) => ({
      ...network,
      subnets: network.subnets.map((subnet) => ({ ...subnet, gateway: null })),
    }))
    expect(buildInventory({ ...host, networks })[0]?.summary).toBe('bridge · gateway 172.17.0.1')
  })

  it('keeps containers without a network of their own', () => {
    const host = sampleHost()
    const sharing = { ...host.containers[0], name: 'side', id: 'id-side', networkMode: 'container:c1', endpoints: [] }
    const groups = buildInventory({ ...host, containers: [...host.containers, sharing as (typeof host.containers)[0]] })
    expect(groups.at(-1)?.containers.map((each) => each.name)).toEqual(['side'])
  })
})
