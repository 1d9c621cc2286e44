import { beforeAll, it } from 'vitest'
import type { ContainerSpec, NetworkSpec } from '../../../src/core/manage/action.ts'
import { busyboxImage, type Generation } from '../../lab/index.ts'
import { create, idle, run } from './actions.ts'
import type { DrivenHost } from './driven-host.ts'

/** Each printed command makes the same as the API, looked at with `docker inspect`. */
export function describeCommands(host: () => DrivenHost, generation: Generation): void {
  beforeAll(async () => {
    await host().docker('network', 'create', '--subnet', '10.80.0.0/16', 'front')
    await host().docker('network', 'create', '--subnet', '10.81.0.0/16', 'back')
    await host().docker('run', '-d', '--name', 'other', '--network', 'back', busyboxImage, 'sleep', '1000')
  })
  const networks: readonly NetworkSpec[] = [
    // 20.10 takes another subnet each time.
    ...(generation === '28' ? [{ name: 'plain' }] : []),
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
      await host().expectSame(run(container), 'container', name, name === 'ends-at-once')
    },
  )
}
