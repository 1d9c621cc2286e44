import type { Container, DockerNetwork } from '../../../src/core/host/container.ts'
import { HOST_STATE_SCHEMA, type HostState } from '../../../src/core/host/host-state.ts'
import type { Interface, InterfaceKind } from '../../../src/core/host/interface.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'

/** What a made host holds: containers are dealt out to the networks in turn. */
export interface HostPlan {
  readonly containers: number
  readonly networks: number
  /** The names given; the others are called `app-N`. */
  readonly names?: readonly string[]
  /** Adds a multi-homed container, one in the host's stack, one without a network, and one that shares a namespace. */
  readonly oddities?: boolean
}

const NETWORKS = ['bridge', 'my-net', 'backend', 'monitoring', 'a-network-with-quite-a-long-name', 'sixth', 'seventh']
const IMAGES = ['alpine', 'nginx:1.27', 'postgres:16', 'registry.example.org/team/quite-a-long-image-name:2026.11.21']

/** Returns a host with made-up containers, for pictures and layout tests. */
export function makeHost(plan: HostPlan): HostState {
  const networks = NETWORKS.slice(0, plan.networks).map(makeNetwork)
  const devices: Interface[] = [loopback(), device(2, 'ens5', 'physical', '198.51.100.10', 24)]
  networks.forEach((network, index) =>
    devices.push(device(3 + index, network.bridge as string, 'bridge', gatewayOf(index), 16)),
  )
  const namespaces: NetNamespace[] = []
  const containers: Container[] = []
  for (let index = 0; index < plan.containers; index++) {
    const net = index % networks.length
    const name = plan.names?.[index] ?? `app-${index + 1}`
    const address = `172.${17 + net}.0.${2 + Math.floor(index / networks.length)}`
    const made = makeContainer(name, index, [{ net, address }], networks, devices)
    namespaces.push(made.namespace)
    containers.push(made.container)
  }
  if (plan.oddities) addOddities(networks, devices, namespaces, containers)
  const host: NetNamespace = { ...emptyNamespace('host-ns', 'host'), interfaces: devices, ...hostParts() }
  return {
    schema: HOST_STATE_SCHEMA,
    origin: 'sandbox',
    capturedAt: '2026-11-21T00:00:00Z',
    hostname: 'ip-198-51-100-10',
    kernel: '6.1.0',
    engine: {
      name: 'docker',
      version: '28.5.2',
      apiVersion: '1.51',
      generation: 28,
      rootless: false,
      userlandProxy: true,
    },
    namespaces: [host, ...namespaces],
    containers,
    networks,
    names: [],
    gaps: [],
  }
}

interface Attachment {
  readonly net: number
  readonly address: string
}

function makeContainer(
  name: string,
  index: number,
  attachments: readonly Attachment[],
  networks: readonly DockerNetwork[],
  hostDevices: Interface[],
): { readonly namespace: NetNamespace; readonly container: Container } {
  const id = `ns-${name}`
  const interfaces = attachments.map(({ net, address }, eth): Interface => {
    const veth = `veth${(0x8ed2a00 + index * 16 + eth).toString(16)}`
    hostDevices.push({
      ...device(100 + hostDevices.length, veth, 'veth'),
      master: (networks[net] as DockerNetwork).bridge,
      peer: { namespace: id, device: `eth${eth}` },
    })
    return { ...device(2 + eth, `eth${eth}`, 'veth', address, 16), peer: { namespace: 'host-ns', device: veth } }
  })
  const container = makeRecord(name, index, id)
  return {
    namespace: {
      ...emptyNamespace(id, `container:${name}`),
      containers: [name],
      interfaces: [loopback(), ...interfaces],
    },
    container: {
      ...container,
      endpoints: attachments.map(({ net, address }) => ({
        network: (networks[net] as DockerNetwork).id,
        networkName: (networks[net] as DockerNetwork).name,
        ipv4: address,
        ipv6: null,
        gateway: gatewayOf(net),
        mac: null,
        aliases: [],
      })),
    },
  }
}

function makeRecord(name: string, index: number, namespace: string | null): Container {
  const published = Array.from({ length: index % 4 === 2 ? 1 + (index % 5) : 0 }, (_, n) => ({
    protocol: 'tcp' as const,
    containerPort: 80 + n,
    hostAddress: '0.0.0.0',
    hostPort: 8080 + index * 10 + n,
  }))
  return {
    id: `id-${name}`,
    name,
    image: IMAGES[index % IMAGES.length] as string,
    state: 'running',
    pid: 1000 + index,
    hostname: name,
    networkMode: 'bridge',
    namespace,
    endpoints: [],
    published,
    exposed: [],
    labels: {},
    resolvConf: null,
    hosts: null,
  }
}

function addOddities(
  networks: readonly DockerNetwork[],
  devices: Interface[],
  namespaces: NetNamespace[],
  containers: Container[],
): void {
  const ends = networks.slice(0, 3).map((_, net) => ({ net, address: `172.${17 + net}.0.200` }))
  const gateway = makeContainer('gateway-between-networks', 500, ends, networks, devices)
  namespaces.push({ ...gateway.namespace, containers: ['gateway-between-networks', 'sidecar'] })
  containers.push(gateway.container)
  containers.push({
    ...makeRecord('sidecar', 1, gateway.namespace.id),
    networkMode: 'container:id-gateway-between-networks',
  })
  containers.push({ ...makeRecord('node-exporter', 0, 'host-ns'), networkMode: 'host' })
  namespaces.push({
    ...emptyNamespace('ns-lonely', 'container:lonely'),
    containers: ['lonely'],
    interfaces: [loopback()],
  })
  containers.push({ ...makeRecord('lonely', 0, 'ns-lonely'), networkMode: 'none' })
}

function makeNetwork(name: string, index: number): DockerNetwork {
  return {
    id: `net-${index}`,
    name,
    driver: 'bridge',
    scope: 'local',
    internal: name === 'backend',
    attachable: false,
    ingress: false,
    ipv6: false,
    subnets: [{ family: 4, prefix: `172.${17 + index}.0.0/16`, gateway: gatewayOf(index), ipRange: null }],
    options: {},
    labels: {},
    bridge: name === 'bridge' ? 'docker0' : `br-4c1f0e2a9d0${index}`,
  }
}

function gatewayOf(index: number): string {
  return `172.${17 + index}.0.1`
}

function device(index: number, name: string, kind: InterfaceKind, address?: string, length = 24): Interface {
  return {
    index,
    name,
    kind,
    mac: `02:42:ac:11:00:${(index % 256).toString(16).padStart(2, '0')}`,
    mtu: 1500,
    up: true,
    carrier: true,
    operState: 'UP',
    master: null,
    peer: null,
    addresses:
      address === undefined ? [] : [{ family: 4, address, prefixLength: length, scope: 'global', primary: true }],
  }
}

function loopback(): Interface {
  return {
    ...device(1, 'lo', 'loopback', '127.0.0.1', 8),
    addresses: [{ family: 4, address: '127.0.0.1', prefixLength: 8, scope: 'host', primary: true }],
  }
}

function emptyNamespace(id: string, name: string): NetNamespace {
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
  }
}

function hostParts(): Pick<NetNamespace, 'routes' | 'rulesets' | 'sockets'> {
  const chain = (name: string) => ({ name, policy: 'ACCEPT' as const, rules: [] })
  const table = (name: 'raw' | 'nat' | 'filter', chains: readonly string[]) => ({
    family: 'ip' as const,
    backend: 'nft' as const,
    name,
    chains: chains.map(chain),
  })
  const socket = {
    protocol: 'tcp',
    family: 4,
    address: '0.0.0.0',
    device: null,
    ipv6Only: false,
    proxyTo: null,
  } as const
  return {
    routes: [
      {
        family: 4,
        table: 'main',
        type: 'unicast',
        destination: '0.0.0.0/0',
        preferredSource: null,
        metric: 0,
        scope: 'global',
        nextHops: [{ via: '198.51.100.1', device: 'ens5', weight: 1, onlink: false, linkDown: false }],
        text: 'default via 198.51.100.1 dev ens5',
      },
    ],
    rulesets: {
      iptables: [
        table('raw', ['PREROUTING', 'OUTPUT']),
        table('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']),
        table('filter', ['INPUT', 'FORWARD', 'OUTPUT']),
      ],
      nft: [],
      ipsets: [],
    },
    sockets: [
      { ...socket, port: 8080, process: { name: 'docker-proxy', pid: 900 } },
      { ...socket, port: 22, process: { name: 'sshd', pid: 700 } },
      { ...socket, port: 9100, process: { name: 'node-exporter', pid: 701 } },
    ],
  }
}
