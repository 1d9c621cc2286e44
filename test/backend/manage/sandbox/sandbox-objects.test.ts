import { describe, expect, test } from 'vitest'
import type { ManageAction } from '../../../../src/core/manage/action.ts'
import type { Flow } from '../../../../src/core/trace/flow.ts'
import { idle } from '../../../core/synth/scenes/make-scene.ts'
import { base, ending, openScene, perform, signal, valueOf } from './open-scene.ts'

describe('the images of a sandbox', () => {
  test('listen as they do by default, and not where another command runs', async () => {
    const opened = await openScene(base(28))
    const ask = (to: string, destinationPort: number): Flow => ({
      from: 'client',
      to,
      protocol: 'tcp',
      destinationPort,
    })
    const on = [{ network: 'net-a' }]
    await perform(opened, { kind: 'run-container', container: { name: 'one', image: 'nginx:1.27', networks: on } })
    await perform(opened, {
      kind: 'run-container',
      container: { name: 'two', image: 'nginx', command: ['sleep', '9'], networks: on },
    })
    await perform(opened, {
      kind: 'run-container',
      container: { name: 'three', image: 'busybox', command: ['nc'], listens: ['7/tcp'], networks: on },
    })
    expect(await ending(opened, ask('one', 80))).toBe('delivered')
    expect(await ending(opened, ask('two', 80))).toBe('nothing-listening')
    expect(await ending(opened, ask('three', 7))).toBe('delivered')
    await perform(opened, {
      kind: 'run-container',
      container: { name: 'four', image: 'busybox', command: ['httpd', '-f', '-p', '8000'], networks: on },
    })
    expect(await ending(opened, ask('four', 8000))).toBe('delivered')
    await perform(opened, {
      kind: 'run-container',
      container: { name: 'five', image: 'mongo', networkMode: 'container:four' },
    })
    expect(await ending(opened, ask('four', 27017))).toBe('delivered')
  })

  test('a shell without a command has ended already, also when it is started again', async () => {
    const opened = await openScene(base(28))
    const done = valueOf(await perform(opened, { kind: 'run-container', container: { name: 'sh', image: 'alpine' } }))
    expect(done.notes).toEqual([expect.stringContaining('sh has ended already')])
    await perform(opened, { kind: 'container-verb', verb: 'start', name: 'sh' })
    const { containers } = valueOf(await opened.source.load())
    expect(containers.find(({ name }) => name === 'sh')?.state).toBe('exited')
  })

  test('are listed with who uses them, those of the scene too; none is imported or removed', async () => {
    const scene = base(28)
    const own = { ...scene, containers: [...scene.containers, idle('own', 'net-a', { image: 'acme/shop:3' })] }
    const opened = await openScene(own)
    const images = valueOf(await opened.manager.images(signal))
    expect(images.find(({ tags }) => tags[0] === 'nginx:latest')).toMatchObject({ exposes: ['80/tcp'], usedBy: [] })
    expect(images.find(({ tags }) => tags[0] === 'acme/shop:3')).toMatchObject({ usedBy: ['own'] })
    const again: ManageAction = { kind: 'run-container', container: { name: 'more', image: 'acme/shop:3' } }
    expect(await perform(opened, again)).toMatchObject({ ok: true })
    const removal = await perform(opened, { kind: 'remove-image', image: 'nginx' })
    expect(removal).toMatchObject({ ok: false, failure: { code: 'not-managed' } })
  })
})

describe('what is told of a sandbox', () => {
  test('its objects, in the shape of the API', async () => {
    const { source, manager } = await openScene(base(28))
    const raw = async (kind: 'container' | 'network' | 'image', name: string) =>
      JSON.parse(valueOf(await manager.inspect(kind, name, signal)).raw) as unknown
    const asked = { NetworkMode: 'net-a', PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] } }
    expect(await raw('container', 'web')).toMatchObject({
      Name: '/web',
      State: { Running: true },
      HostConfig: asked,
      NetworkSettings: {
        Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }, {}] },
        Networks: { 'net-a': { IPAddress: '172.18.0.2', IPPrefixLen: 16, Gateway: '172.18.0.1' } },
      },
    })
    await perform({ source, manager }, { kind: 'container-verb', verb: 'stop', name: 'web' })
    const stopped = { HostConfig: asked, NetworkSettings: { Ports: {} } }
    expect(await raw('container', 'web')).toMatchObject(stopped)
    const { fields } = valueOf(await manager.inspect('container', 'web', signal))
    expect(fields.find(({ label }) => label === 'Port 80/tcp')).toMatchObject({
      value: 'published at any address, port 8080 when it runs',
    })
    const network = (await raw('network', 'net-b')) as { readonly Containers: object }
    expect(network).toMatchObject({ Driver: 'bridge', IPAM: { Config: [{ Subnet: '10.20.0.0/24' }] } })
    expect(network.Containers).toEqual({})
    expect(await raw('image', 'redis')).toMatchObject({ Config: { ExposedPorts: { '6379/tcp': {} } } })
    const missing = await manager.inspect('network', 'nowhere', signal)
    expect(missing).toMatchObject({ ok: false, failure: { message: 'network nowhere not found' } })
  })

  test('what would be lost, and that it comes back', async () => {
    const { manager } = await openScene(base(28))
    const plan = async (action: ManageAction) => valueOf(await manager.plan(action, false, signal))
    expect((await plan({ kind: 'remove-network', name: 'net-b' })).losses).toEqual([
      'network net-b with 10.20.0.0/24',
      'halted, which does not run, is in net-b: it cannot be started any more',
    ])
    expect((await plan({ kind: 'prune-networks' })).losses).toHaveLength(3)
    const stop = await plan({ kind: 'container-verb', verb: 'stop', name: 'client' })
    expect(stop.losses).toEqual(['172.18.0.3 of client in net-a: others may be given it'])
    expect([stop.undo, stop.command]).toEqual([
      'undo gives the sandbox back as it was, to the last address',
      'docker stop client',
    ])
  })
})
