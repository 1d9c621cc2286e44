import { describe, expect, test } from 'vitest'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { ContainerSpec, ManageAction, NetworkSpec } from '../../../src/core/manage/action.ts'
import { applyAction } from '../../../src/core/manage/apply-action.ts'
import { findProblems } from '../../../src/core/manage/find-problems.ts'
import { OPTION } from '../../../src/core/synth/plan/option-names.ts'
import type { Generation, Scene, SceneEndpoint } from '../../../src/core/synth/scene/scene.ts'
import { bridge, idle, sceneFor, webServer } from '../synth/scenes/make-scene.ts'

const scene = (generation: Generation): Scene =>
  sceneFor(
    {
      name: 'checked',
      host: { listens: ['22/tcp', '127.0.0.1:5432/tcp'] },
      networks: [
        bridge('taken', { subnets: [{ subnet: '10.5.0.0/24', gateway: '10.5.0.1' }] }),
        bridge('named', { options: { [OPTION.name]: 'br-named' } }),
        bridge('inner', { internal: true }),
        { name: 'lan', driver: 'ipvlan', options: { parent: 'ens5' }, subnets: [{ subnet: '198.51.100.0/24' }] },
      ],
      containers: [
        webServer('web', { networks: [{ network: 'taken' }], ports: ['8080:80'] }),
        idle('halted', 'taken', { state: 'exited' }),
      ],
    },
    generation,
  )

function hostOf(generation: Generation): HostState {
  const made = makeSceneHost(scene(generation), 'checked')
  if (!made.ok) throw new Error(made.failure.message)
  return made.value
}

const told = (generation: Generation, action: ManageAction): readonly string[] =>
  findProblems(hostOf(generation), action).map(({ at, severity, message }) => `${severity} ${at}: ${message}`)

const create = (rest: Partial<NetworkSpec>): ManageAction => ({
  kind: 'create-network',
  network: { name: 'fresh', ...rest },
})
const run = (rest: Partial<ContainerSpec>): ManageAction => ({
  kind: 'run-container',
  container: { name: 'fresh', image: 'nginx', ...rest },
})
const connect = (endpoint: SceneEndpoint, container = 'web'): ManageAction => ({ kind: 'connect', container, endpoint })

describe.each([20, 28] as const)('what stands against an action on Docker %s', (generation) => {
  const pool = generation === 20 ? '' : 'invalid pool request: '
  const noFamily =
    generation === 20
      ? 'warning network.ipv4: Docker before 28 knows no network without IPv4: this one has it'
      : 'error network.ipv4: IPv4 or IPv6 must be enabled'
  const setup = generation === 20 ? '' : 'failed to set up container networking: '
  const settings = (network: string): string =>
    generation === 20 ? '' : `invalid config for network ${network}: invalid endpoint settings:\n`

  test.each([
    [create({}), []],
    [create({ subnets: [{ subnet: '10.6.0.0/24', gateway: '10.6.0.9', ipRange: '10.6.0.128/25' }] }), []],
    [create({ ipv4: false }), [noFamily]],
    [create({ name: 'taken' }), ['error network.name: network with name taken already exists']],
    [create({ name: 'host' }), ['error network.name: operation is not permitted on predefined host network']],
    [
      create({ subnets: [{ subnet: '10.5.0.128/25' }] }),
      [`error network.subnets[0].subnet: ${pool}Pool overlaps with other one on this address space (network taken)`],
    ],
    [
      create({
        subnets: [{ subnet: '10.6.0.0/24', gateway: '10.7.0.1', ipRange: '10.8.0.0/25', aux: { a: '10.9.0.1' } }],
      }),
      [
        'error network.subnets[0].ipRange: no matching subnet for range 10.8.0.0/25',
        'error network.subnets[0].gateway: no matching subnet for gateway 10.7.0.1',
        'error network.subnets[0].aux["a"]: no matching subnet for aux-address 10.9.0.1',
      ],
    ],
    [
      create({ subnets: [{ subnet: '10.6.0.0/24' }, { subnet: '10.7.0.0/24' }] }),
      [`error network.subnets[1].subnet: bridge driver doesn't support multiple subnets`],
    ],
    [
      create({ subnets: [{ subnet: 'fd00:6::/64' }] }),
      ['warning network.subnets[0].subnet: IPv6 is off for this network: this subnet is not used'],
    ],
    [
      create({ subnets: [{ subnet: '8.8.8.0/24' }] }),
      [
        'warning network.subnets[0].subnet: these are public addresses: the machines that really have them are not reached any more',
      ],
    ],
    [
      create({ options: { [OPTION.name]: 'br-much-too-long-for-it' } }),
      [
        `error network.options["${OPTION.name}"]: ${generation === 20 ? 'failed to check bridge interface existence: ' : ''}numerical result out of range`,
      ],
    ],
    [
      create({ options: { [OPTION.name]: 'ens5' } }),
      [`error network.options["${OPTION.name}"]: existing interface ens5 is not a bridge`],
    ],
    [
      create({ options: { [OPTION.mtu]: 'big' } }),
      [
        `error network.options["${OPTION.mtu}"]: failed to parse ${OPTION.mtu} value: big (strconv.Atoi: parsing "big": invalid syntax)`,
      ],
    ],
    [
      create({ options: { [OPTION.mtu]: '9000' } }),
      [
        `warning network.options["${OPTION.mtu}"]: packets may be longer than ens5 takes (1500): those that may not be cut up do not pass`,
      ],
    ],
    [
      create({ driver: 'macvlan', options: { parent: 'ens9' } }),
      ['error network.options["parent"]: the requested parent interface ens9 was not found on the Docker host'],
    ],
    [
      create({ driver: 'macvlan' }),
      [
        'warning network.options["parent"]: without a parent Docker makes a device that leads nowhere: containers reach only one another',
      ],
    ],
    [run({}), []],
    [
      run({ networks: [{ network: 'nowhere' }] }),
      [`error container.networks[0].network: ${setup}network nowhere not found`],
    ],
    [
      run({ networks: [{ network: 'taken', ipv4: '10.6.0.2' }] }),
      [
        generation === 20
          ? `error container.networks[0].ipv4: Invalid address 10.6.0.2: It does not belong to any of this network's subnets`
          : `error container.networks[0].ipv4: ${settings('taken')}no configured subnet or ip-range contain the IP address 10.6.0.2`,
      ],
    ],
    [
      run({ networks: [{ network: 'taken', ipv4: '10.5.0.2' }] }),
      [`error container.networks[0].ipv4: ${setup}Address already in use (web)`],
    ],
    [
      run({ networks: [{ network: 'taken', ipv4: '10.5.0.1' }] }),
      [`error container.networks[0].ipv4: ${setup}Address already in use (the gateway)`],
    ],
    [
      run({ networks: [{ network: 'bridge', ipv4: '172.17.0.9' }] }),
      [
        `error container.networks[0].ipv4: ${settings('bridge')}user specified IP address is supported on user defined networks only`,
      ],
    ],
    [
      run({ networks: [{ network: 'bridge', aliases: ['me'] }] }),
      [
        `error container.networks[0].aliases: ${settings('bridge')}network-scoped alias is supported only for containers in user defined networks`,
      ],
    ],
    [
      run({ ports: ['9090:90', '8080:80'] }),
      [
        `error container.ports[1]: ${setup}driver failed programming external connectivity on endpoint fresh: Bind for 0.0.0.0:8080 failed: port is already allocated (web)`,
      ],
    ],
    [
      run({ ports: ['9090:90', '127.0.0.1:9090:91'] }),
      generation === 20
        ? [
            `error container.ports[1]: driver failed programming external connectivity on endpoint fresh: Error starting userland proxy: listen tcp4 127.0.0.1:9090: bind: address already in use`,
          ]
        : [
            `error container.ports[1]: ${setup}driver failed programming external connectivity on endpoint fresh: Bind for 0.0.0.0:9090 failed: port is already allocated`,
          ],
    ],
    [
      run({ networkMode: 'host', ports: ['80:80'] }),
      ['warning container.ports: Published ports are discarded when using host network mode'],
    ],
    [
      run({ networkMode: 'container:web', ports: ['80:80'], hostname: 'me' }),
      [
        'error container.hostname: conflicting options: hostname and the network mode',
        'error container.ports: conflicting options: port publishing and the container type network mode',
      ],
    ],
    [
      run({ networks: [{ network: 'inner' }], ports: ['80:80'] }),
      ['warning container.ports: its networks are internal: no port is published'],
    ],
    [
      run({ ports: ['9090:90'], listens: ['80/tcp'] }),
      ['warning container.ports[0]: nothing listens on 90/tcp inside'],
    ],
    [connect({ network: 'named' }), []],
    [connect({ network: 'nowhere' }), ['error endpoint.network: network nowhere not found']],
    [connect({ network: 'taken' }), ['error endpoint.network: endpoint with name web already exists in network taken']],
    [connect({ network: 'named' }, 'nobody'), ['error container: No such container: nobody']],
    [
      { kind: 'remove-network', name: 'taken' },
      ['error name: error while removing network: network taken has active endpoints (web)'],
    ],
    [{ kind: 'remove-network', name: 'named' }, []],
    [{ kind: 'container-verb', verb: 'stop', name: 'nobody' }, ['error name: No such container: nobody']],
    [{ kind: 'rename-container', name: 'web', to: 'fresh' }, []],
  ] satisfies readonly (readonly [ManageAction, readonly string[]])[])('%j', (action, problems) => {
    expect(told(generation, action)).toEqual(problems)
    // A sandbox refuses what is called an error here, and nothing else.
    const isRefused = problems.some((one) => one.startsWith('error'))
    const simulated = action.kind !== 'create-network' || action.network.driver === undefined
    if (simulated) expect(applyAction(scene(generation), action).ok).toBe(!isRefused)
  })

  test('a subnet that the host reaches otherwise works, and surprises', () => {
    const host = hostOf(generation)
    const action = create({ subnets: [{ subnet: '198.51.100.128/25' }] })
    const bare: HostState = { ...host, networks: host.networks.filter(({ name }) => name !== 'lan') }
    expect(findProblems(bare, action)).toEqual([
      {
        at: 'network.subnets[0].subnet',
        severity: 'warning',
        message:
          'this host reaches 198.51.100.0/24 by ens5: with this network there, 198.51.100.128/25 is reached in the network instead',
      },
    ])
  })
})

test('a process of the host has a port, in the words of each generation', () => {
  expect(told(28, run({ ports: ['22:80'] }))).toEqual([
    'error container.ports[0]: failed to set up container networking: driver failed programming external connectivity on endpoint fresh: failed to bind host port for 0.0.0.0:22 to 80/tcp: address already in use',
  ])
  expect(told(20, run({ ports: ['22:80'] }))).toEqual([
    'error container.ports[0]: driver failed programming external connectivity on endpoint fresh: Error starting userland proxy: listen tcp4 0.0.0.0:22: bind: address already in use',
  ])
})

test('what only one generation knows', () => {
  const isolated = create({ options: { [OPTION.mode4]: 'isolated' } })
  expect(told(28, isolated)).toEqual([])
  expect(told(20, isolated)).toEqual([
    `warning network.options["${OPTION.mode4}"]: Docker 20.10 does not know ${OPTION.mode4}: it has no effect`,
  ])
  const bits = create({ subnets: [{ subnet: '10.6.0.7/24' }] })
  expect(told(20, bits)).toEqual([])
  expect(told(28, bits)).toEqual([
    'error network.subnets[0].subnet: invalid network config:\ninvalid subnet 10.6.0.7/24: it should be 10.6.0.0/24',
  ])
  const twice = create({ driver: 'ipvlan', options: { parent: 'ens5' } })
  expect(told(28, twice)[0]).toMatch(/^error network.options\["parent"\]: network [0-9a-f]{12} is already using parent/)
})
