import { describe, expect, it } from 'vitest'
import type { ContainerSpec, ManageAction, NetworkSpec } from '../../../src/core/manage/action.ts'
import { fieldOf } from '../../../src/core/manage/find-field.ts'

const create = (network: Partial<NetworkSpec>): ManageAction => ({
  kind: 'create-network',
  network: { name: 'my-net', ...network },
})
const run = (container: Partial<ContainerSpec>): ManageAction => ({
  kind: 'run-container',
  container: { name: 'web', image: 'nginx', ...container },
})
const connect: ManageAction = {
  kind: 'connect',
  container: 'web',
  endpoint: { network: 'my-net', ipv4: '10.5.0.9', ipv6: 'fd00:5::9', links: ['db:store'] },
}
const two = {
  subnets: [
    { subnet: '10.5.0.0/16', gateway: '10.5.0.1' },
    { subnet: '10.6.0.0/16', gateway: '10.7.0.1' },
  ],
}
const ports = { ports: ['81', '127.0.0.1:53:53/udp', '8080-8081:80-81'] }
const ranged = { subnets: [{ subnet: '10.5.0.0/16', ipRange: '10.6.0.0/24', aux: { nas: '10.7.0.1' } }] }

const linked = { networks: [{ network: 'bridge', links: ['db:store'], mac: '01:00:5e:00:00:01' }] }

/** Words of Docker 20.10 and 28.5, as they gave them, and the field that they are about. */
const CASES: readonly (readonly [ManageAction, string, string | null])[] = [
  [create({}), 'network with name my-net already exists', 'network.name'],
  [create({ name: 'host' }), 'operation is not permitted on predefined host network', 'network.name'],
  [create(two), 'no matching subnet for gateway 10.7.0.1', 'network.subnets[1].gateway'],
  [create(ranged), 'no matching subnet for range 10.6.0.0/24', 'network.subnets[0].ipRange'],
  [create(ranged), 'no matching subnet for aux-address 10.7.0.1', 'network.subnets[0].aux'],
  [
    create(two),
    'invalid pool request: Pool overlaps with other one on this address space',
    'network.subnets[0].subnet',
  ],
  [create({}), 'all predefined address pools have been fully subnetted', 'network.subnets'],
  [
    create({ options: { 'com.docker.network.bridge.name': 'br-x' } }),
    'cannot create network 12 (br-x): conflicts with network 34 (br-x): networks have same bridge name',
    'network.options["com.docker.network.bridge.name"]',
  ],
  [
    create(ranged),
    'failed to allocate secondary ip address (nas:10.7.0.1): Address already in use',
    'network.subnets[0].aux',
  ],
  [create({ ipv4: false }), 'IPv4 or IPv6 must be enabled', 'network.ipv4'],
  [create({}), 'something else', null],
  [run(linked), 'could not get container for db: No such container: db', 'container.networks[0].links'],
  [run(linked), 'container 12 not attached to default bridge network', 'container.networks[0].links'],
  [run(linked), 'Cannot link to a non running container: /db AS /web/store', 'container.networks[0].links'],
  [
    run(linked),
    'failed to add interface veth3e89121 to sandbox: error setting interface "veth3e89121" MAC to "01:00:5e:00:00:01": cannot assign requested address',
    'container.networks[0].mac',
  ],
  [connect, 'No such container: web', 'container'],
  [connect, 'network my-net not found', 'endpoint.network'],
  [connect, 'endpoint with name web already exists in network my-net', 'endpoint.network'],
  [connect, 'Address already in use', 'endpoint.ipv4'],
  [connect, 'no configured subnet or ip-range contain the IP address fd00:5::9', 'endpoint.ipv6'],
  [connect, 'Could not get container for db', 'endpoint.links'],
  [{ kind: 'disconnect', container: 'web', network: 'n' }, 'container 12 is not connected to network n', 'network'],
  [run({}), 'Conflict. The container name "/web" is already in use by container "12".', 'container.name'],
  [run({}), 'No such image: nginx:latest', 'container.image'],
  [run(ports), 'driver failed: Bind for 0.0.0.0:8081 failed: port is already allocated', 'container.ports[2]'],
  [
    run(ports),
    'Error starting userland proxy: listen udp4 127.0.0.1:53: bind: address already in use',
    'container.ports[1]',
  ],
  [
    run(ports),
    'failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use',
    'container.ports[2]',
  ],
  [run({ hostname: 'x' }), 'conflicting options: hostname and the network mode', 'container.hostname'],
  [run({ networkMode: 'container:gone' }), 'No such container: gone', 'container.networkMode'],
  [
    run({ command: ['nope'] }),
    'failed to create task for container: OCI runtime create failed: exec: "nope": executable file not found in $PATH',
    'container.command',
  ],
  [
    run({ networks: [{ network: 'front' }, { network: 'back', ipv4: '10.5.0.9' }] }),
    'failed to set up container networking: network back not found',
    'container.networks[1].network',
  ],
  [
    run({ networks: [{ network: 'front' }, { network: 'back', ipv4: '10.5.0.9' }] }),
    'invalid config for network back: invalid endpoint settings: no configured subnet or ip-range contain the IP address 10.5.0.9',
    'container.networks[1].ipv4',
  ],
  [{ kind: 'rename-container', name: 'a', to: 'b' }, 'Error: The container name "/b" is already in use', 'to'],
  [{ kind: 'rename-container', name: 'a', to: 'b' }, 'No such container: a', 'name'],
  [{ kind: 'remove-image', image: 'x' }, 'No such image: x:latest', 'image'],
  [{ kind: 'prune-networks' }, 'whatever', null],
]

describe('the field that the engine’s words are about', () => {
  it.each(CASES.map(([action, message, at]) => [message, action, at] as const))('%s', (message, action, at) => {
    expect(fieldOf(action, message)).toBe(at)
  })

  it('is not another one whose text begins alike', () => {
    const networks = [
      { network: 'a', ipv4: '10.0.0.1' },
      { network: 'b', ipv4: '10.0.0.10' },
    ]
    expect(fieldOf(run({ networks }), 'no subnet contains the address 10.0.0.10')).toBe('container.networks[1].ipv4')
  })
})
