import { expect, it } from 'vitest'
import { busyboxImage } from '../../lab/index.ts'
import { create, idle, run } from './actions.ts'
import type { DrivenHost } from './driven-host.ts'

/** Networks made, removed, connected, and each taken back and done again. */
export function describeNetworks(host: () => DrivenHost): void {
  it('creates a network, takes it back and does it again', async () => {
    const done = await host().do(create({ name: 'my-net', subnets: [{ subnet: '10.90.0.0/24' }] }))
    expect(done).toMatchObject({ did: 'network my-net created', notes: [] })
    const made = await host().look('network', 'my-net')
    await host().undo()
    expect(await host().names('network')).toEqual([])
    await host().redo()
    expect(await host().look('network', 'my-net')).toEqual(made)
    await host().undo()
  })

  it('makes a removed network again, with its options, and connects its stopped container to it', async () => {
    const labels = { team: 'shop' }
    const options = { 'com.docker.network.bridge.name': 'br-my' }
    const subnets = [{ subnet: '10.90.0.0/24', ipRange: '10.90.0.128/25', aux: { nas: '10.90.0.130' } }]
    await host().do(create({ name: 'my-net', subnets, labels, options }))
    await host().do(run(idle('c1', { networks: [{ network: 'my-net', aliases: ['one'], ipv4: '10.90.0.140' }] })))
    await host().do({ kind: 'container-verb', verb: 'stop', name: 'c1' })
    const network = await host().look('network', 'my-net')
    const container = await host().look('container', 'c1')
    await host().do({ kind: 'remove-network', name: 'my-net' })
    expect(await host().names('network')).toEqual([])
    await host().undo()
    expect(await host().look('network', 'my-net')).toEqual(network)
    expect(await host().look('container', 'c1')).toEqual(container)
    await host().do({ kind: 'container-verb', verb: 'start', name: 'c1' })
    const told = await host().docker('exec', 'c1', 'ip', 'addr')
    expect(told).toContain('10.90.0.140/24')
    await host().undo()
    await host().redo()
  })

  it('prunes networks and brings them back', async () => {
    await host().docker('network', 'create', '--internal', 'one')
    await host().docker('network', 'create', '--label', 'a=b', 'two')
    await host().docker('run', '-d', '--name', 'c1', '--network', 'two', busyboxImage, 'sleep', '1000')
    await host().docker('network', 'create', '--attachable', 'three')
    const before = await host().look('network', 'one')
    const done = await host().do({ kind: 'prune-networks' })
    expect(done.did).toMatch(/^unused networks removed: /)
    expect(await host().names('network')).toEqual(['two'])
    await host().undo()
    expect(await host().names('network')).toEqual(['one', 'three', 'two'])
    expect(await host().look('network', 'one')).toEqual(before)
    await host().redo()
    expect(await host().names('network')).toEqual(['two'])
  })

  it('connects and disconnects, and gives back aliases and addresses', async () => {
    await host().docker('network', 'create', '--subnet', '10.91.0.0/24', 'side')
    for (const name of ['c1', 'c2', 'c3']) await host().do(run(idle(name)))
    for (const container of ['c1', 'c2', 'c3'])
      await host().do({ kind: 'connect', container, endpoint: { network: 'side', aliases: [`alias-${container}`] } })
    const fixed = { network: 'side', ipv4: '10.91.0.77' }
    await host().do({ kind: 'disconnect', container: 'c3', network: 'side' })
    await host().do({ kind: 'connect', container: 'c3', endpoint: fixed })
    const before = await Promise.all(['c1', 'c2', 'c3'].map((name) => host().look('container', name)))
    const addresses = async (): Promise<string> =>
      host().docker('network', 'inspect', '-f', '{{range .Containers}}{{.Name}} {{.IPv4Address}};{{end}}', 'side')
    const held = await addresses()
    for (const container of ['c1', 'c3']) {
      await host().do({ kind: 'disconnect', container, network: 'side' })
      expect(await addresses()).not.toContain(container)
    }
    await host().undo()
    await host().undo()
    expect((await addresses()).split(';').sort()).toEqual(held.split(';').sort())
    expect(await host().look('container', 'c3')).toEqual(before[2])
    expect(await host().docker('exec', 'c2', 'nslookup', 'alias-c1')).toContain('10.91.0.')
    await host().redo()
    expect(await addresses()).not.toContain('c1')
  })

  it('gives back a place on the default bridge, whose addresses cannot be asked for', async () => {
    for (const name of ['c1', 'c2', 'c3']) await host().do(run(idle(name)))
    const before = await host().look('container', 'c2')
    await host().do({ kind: 'disconnect', container: 'c2', network: 'bridge' })
    const { notes } = await host().undo()
    const after = await host().look('container', 'c2')
    expect([after, notes]).toEqual([before, []])
    expect(await host().docker('exec', 'c2', 'ip', 'route')).toContain('default via 172.17.0.1')
  })
}
