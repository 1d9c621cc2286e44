import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ContainerSpec, ManageAction, NetworkSpec } from '../../../src/core/manage/action.ts'
import { busyboxImage, type Generation, whyNoLab } from '../../lab/index.ts'
import { DrivenHost } from './driven-host.ts'

const reason = whyNoLab()

const idle = (name: string, more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name,
  image: busyboxImage,
  // It ends as soon as it is told to.
  command: ['sh', '-c', 'trap exit TERM; sleep 1000000 & wait'],
  ...more,
})
const run = (container: ContainerSpec): ManageAction => ({ kind: 'run-container', container })
const create = (network: NetworkSpec): ManageAction => ({ kind: 'create-network', network })

/** The manager of a real engine, each action done through the service's methods and looked at with the docker command. */
export function describeManager(generation: Generation): void {
  describe(`the manager on Docker ${generation}${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let host: DrivenHost

    beforeAll(async () => {
      host = await DrivenHost.start(generation)
    })
    afterAll(() => host?.stop())
    afterEach(async () => {
      const containers = await host.names('container')
      if (containers.length > 0) await host.docker('rm', '-fv', ...containers)
      const networks = await host.names('network')
      if (networks.length > 0) await host.docker('network', 'rm', ...networks)
    })

    describeCommands(() => host, generation)
    describeNetworks(() => host)
    describeContainers(() => host)
  })
}

function describeCommands(host: () => DrivenHost, generation: Generation): void {
  const networks: readonly NetworkSpec[] = [
    { name: 'plain', labels: { team: 'shop' } },
    { name: 'wide', driver: 'bridge', subnets: [{ subnet: '10.77.0.0/16', gateway: '10.77.0.254' }] },
    {
      name: 'rich',
      driver: 'bridge',
      subnets: [
        { subnet: '10.78.0.0/16', gateway: '10.78.0.1', ipRange: '10.78.5.0/24', aux: { nas: '10.78.5.7' } },
        { subnet: 'fd00:78::/64', gateway: 'fd00:78::9' },
      ],
      ipv6: true,
      internal: true,
      attachable: true,
      options: {
        'com.docker.network.bridge.name': 'br-rich',
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.driver.mtu': '1400',
      },
      labels: { team: 'web shop', empty: '' },
    },
    { name: 'lan', driver: 'macvlan', subnets: [{ subnet: '10.79.0.0/24' }], options: { parent: 'ens5' } },
  ]
  it.each(networks.map((network) => [network.name, network] as const))(
    'the command of the network %s makes the same',
    async (name, network) => {
      await host().expectSame(create(network), 'network', name)
    },
  )

  const priority = generation === '28' ? { priority: 5 } : {}
  const containers: readonly ContainerSpec[] = [
    idle('bare'),
    idle('default-bridge', { networks: [{ network: 'bridge' }], ports: ['18080:80', '127.0.0.1:18053:53/udp', '99'] }),
    idle('on-host', { networkMode: 'host' }),
    idle('on-none', { networkMode: 'none' }),
    idle('beside', { networkMode: 'container:other' }),
    idle('full', {
      hostname: 'web1',
      networks: [
        { network: 'front', aliases: ['www', 'shop'], ipv4: '10.80.0.80', mac: '02:42:0a:50:00:50', ...priority },
        { network: 'back', aliases: ['store'], ipv4: '10.81.0.81', links: ['other:friend'] },
      ],
      ports: ['8080-8081:80-81', '[::1]:8443:443'],
      exposes: ['9000/tcp'],
      env: ['A=1', 'B=two words'],
      dns: ['9.9.9.9'],
      dnsSearch: ['example.org'],
      extraHosts: ['nas:10.0.0.9'],
      labels: { tier: 'front end' },
      command: ['sh', '-c', 'echo "hi $A"; sleep 1000'],
    }),
    { name: 'ends-at-once', image: busyboxImage, command: ['true'] },
  ]
  it.each(containers.map((container) => [container.name, container] as const))(
    'the command of the container %s makes the same',
    async (name, container) => {
      await host().docker('network', 'create', '--subnet', '10.80.0.0/16', 'front')
      await host().docker('network', 'create', '--subnet', '10.81.0.0/16', 'back')
      await host().docker('run', '-d', '--name', 'other', '--network', 'back', busyboxImage, 'sleep', '1000')
      await host().expectSame(run(container), 'container', name)
    },
  )
}

function describeNetworks(host: () => DrivenHost): void {
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
}

function describeContainers(host: () => DrivenHost): void {
  it('runs a container, takes it back and does it again', async () => {
    const done = await host().do(run(idle('c1', { ports: ['18081:80'] })))
    expect(done).toMatchObject({ did: 'container c1 runs', undo: 'container c1 runs', notes: [] })
    const made = await host().look('container', 'c1')
    await host().undo()
    expect(await host().names('container')).toEqual([])
    await host().redo()
    expect(await host().look('container', 'c1')).toEqual(made)
  })
}
