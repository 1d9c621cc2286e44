import type { Container, DockerNetwork } from '../../../src/core/host/container.ts'
import { HOST_STATE_SCHEMA, type HostState } from '../../../src/core/host/host-state.ts'
import type { Interface } from '../../../src/core/host/interface.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'

/** A small host made by hand for tests of the panels: two bridge networks, four running containers, one stopped. */
export function sampleHost(change: Partial<HostState> = {}): HostState {
  return {
    schema: HOST_STATE_SCHEMA,
    origin: 'probe',
    capturedAt: '2026-11-20T12:00:00Z',
    hostname: 'host28',
    kernel: '6.1.0',
    engine: {
      name: 'docker',
      version: '28.5.2',
      apiVersion: '1.51',
      generation: 28,
      rootless: false,
      userlandProxy: true,
    },
    namespaces: [hostNamespace(), ...RUNNING.map(containerNamespace)],
    containers: [...RUNNING.map(container), container({ ...plan('old', 'net-a', '172.18.0.9'), state: 'exited' })],
    networks: [
      network('none', 'null', null, null),
      network('net-a', 'bridge', '172.18.0.0/16', 'br-aaaaaaaaaaaa'),
      network('bridge', 'bridge', '172.17.0.0/16', 'docker0'),
    ],
    names: [
      { namespace: '2', name: 'facebook.com', server: '203.0.113.53', status: 'NOERROR', addresses: ['203.0.113.80'] },
    ],
    gaps: [],
    ...change,
  }
}

interface Plan {
  readonly name: string
  readonly network: string
  readonly ipv4: string
  readonly state: Container['state']
  readonly published: Container['published']
}

function plan(name: string, networkName: string, ipv4: string, hostPort = 0): Plan {
  const published =
    hostPort === 0 ? [] : [{ protocol: 'tcp' as const, containerPort: 80, hostAddress: '0.0.0.0', hostPort }]
  return { name, network: networkName, ipv4, state: 'running', published }
}

const RUNNING: readonly Plan[] = [
  plan('c1', 'bridge', '172.17.0.2'),
  plan('c2', 'bridge', '172.17.0.3'),
  plan('web', 'bridge', '172.17.0.4', 8080),
  plan('a1', 'net-a', '172.18.0.2'),
]

function container(from: Plan): Container {
  const gateway = from.ipv4.replace(/\d+$/, '1')
  const endpoint = { network: `id-${from.network}`, networkName: from.network, ipv4: from.ipv4, ipv6: null, gateway }
  return {
    id: `id-${from.name}`,
    name: from.name,
    image: 'busybox',
    state: from.state,
    pid: 1000,
    hostname: from.name,
    networkMode: from.network,
    namespace: from.state === 'running' ? `ns-${from.name}` : null,
    endpoints: [{ ...endpoint, mac: '02:42:ac:11:00:02', aliases: [] }],
    published: from.published,
    exposed: [],
    labels: {},
    resolvConf: null,
    hosts: null,
  }
}

function network(name: string, driver: string, prefix: string | null, bridge: string | null): DockerNetwork {
  const gateway = prefix?.replace('0.0/16', '0.1') ?? null
  return {
    id: `id-${name}`,
    name,
    driver,
    scope: 'local',
    internal: false,
    attachable: false,
    ingress: false,
    ipv6: false,
    subnets: prefix === null ? [] : [{ family: 4, prefix, gateway, ipRange: null }],
    options: {},
    labels: {},
    bridge,
  }
}

function device(
  name: string,
  kind: Interface['kind'],
  address: string | null,
  more: Partial<Interface> = {},
): Interface {
  const addresses =
    address === null ? [] : [{ family: 4 as const, address, prefixLength: 16, scope: 'global' as const, primary: true }]
  return {
    index: 1,
    name,
    kind,
    mac: '02:42:ac:11:00:01',
    mtu: 1500,
    up: true,
    carrier: true,
    operState: 'UP',
    master: null,
    addresses,
    peer: null,
    ...more,
  }
}

function namespace(id: string, name: string, more: Partial<NetNamespace>): NetNamespace {
  return {
    id,
    name,
    containers: [],
    interfaces: [],
    routes: [],
    policyRules: [],
    neighbors: [],
    fdb: [],
    rulesets: { iptables: [], nft: [], ipsets: [] },
    conntrack: [],
    sockets: [],
    sysctls: {},
    ...more,
  }
}

function hostNamespace(): NetNamespace {
  const ports = RUNNING.map((each) => {
    const master = each.network === 'bridge' ? 'docker0' : 'br-aaaaaaaaaaaa'
    const peer = { namespace: `ns-${each.name}`, device: 'eth0' }
    return device(`veth${each.name}`, 'veth', null, { master, peer })
  })
  const masquerade = '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'
  const nat = {
    family: 'ip' as const,
    backend: 'nft' as const,
    name: 'nat' as const,
    chains: [
      {
        name: 'POSTROUTING',
        policy: 'ACCEPT' as const,
        rules: [{ text: masquerade, matches: [], target: { kind: 'masquerade' as const, ports: null, random: false } }],
      },
    ],
  }
  return namespace('1', 'host', {
    interfaces: [
      device('lo', 'loopback', '127.0.0.1'),
      device('ens5', 'physical', '198.51.100.20'),
      device('docker0', 'bridge', '172.17.0.1'),
      device('br-aaaaaaaaaaaa', 'bridge', '172.18.0.1'),
      ...ports,
    ],
    rulesets: { iptables: [nat], nft: [], ipsets: [] },
  })
}

function containerNamespace(from: Plan): NetNamespace {
  const peer = { namespace: '1', device: `veth${from.name}` }
  return namespace(`ns-${from.name}`, `container:${from.name}`, {
    containers: [from.name],
    interfaces: [device('lo', 'loopback', '127.0.0.1'), device('eth0', 'veth', from.ipv4, { peer })],
  })
}
