import type { Container, DockerNetwork } from '../../src/core/host/container.ts'
import type { Gap, HostState, NameAnswer } from '../../src/core/host/host-state.ts'
import type { Interface, InterfaceAddress } from '../../src/core/host/interface.ts'
import type { NetNamespace } from '../../src/core/host/namespace.ts'
import type { Neighbor } from '../../src/core/host/neighbor.ts'
import type { Route } from '../../src/core/host/route.ts'
import type { IptablesTable } from '../../src/core/host/ruleset.ts'
import type { Socket } from '../../src/core/host/socket.ts'
import { parseIptablesSave } from '../../src/core/parse/iptables-save.ts'

/** `198.51.100.10/24` and whether it is a secondary address. */
export function address(text: string, primary = true): InterfaceAddress {
  const [ip = '', length = '32'] = text.split('/')
  const scope = ip.startsWith('127.') || ip === '::1' ? 'host' : 'global'
  return { family: ip.includes(':') ? 6 : 4, address: ip, prefixLength: Number(length), scope, primary }
}

/** A device; what is not said is that of an ordinary one that is up. */
export function device(index: number, name: string, kind: Interface['kind'], over: Partial<Interface> = {}): Interface {
  return {
    index,
    name,
    kind,
    mac: kind === 'loopback' ? '00:00:00:00:00:00' : null,
    mtu: kind === 'loopback' ? 65536 : 1500,
    up: true,
    carrier: true,
    operState: 'UP',
    master: null,
    addresses: [],
    peer: null,
    ...over,
  }
}

/** `ip route` in small: `default via G dev D`, `P dev D src S`, `local A dev D`, `unreachable P`. */
export function route(text: string, table = 'main'): Route {
  const words = text.split(' ')
  const types = ['local', 'broadcast', 'unreachable', 'prohibit', 'blackhole', 'throw'] as const
  const type = types.find((each) => each === words[0]) ?? 'unicast'
  const destination = (type === 'unicast' ? words[0] : words[1]) ?? ''
  const after = (word: string): string | null => {
    const at = words.indexOf(word)
    return at < 0 ? null : (words[at + 1] ?? null)
  }
  const family = destination.includes(':') || after('via')?.includes(':') === true ? 6 : 4
  const all = family === 4 ? '0.0.0.0/0' : '::/0'
  const dev = after('dev')
  return {
    family,
    table,
    type,
    destination:
      destination === 'default'
        ? all
        : destination.includes('/')
          ? destination
          : `${destination}/${family === 4 ? 32 : 128}`,
    preferredSource: after('src'),
    metric: Number(after('metric') ?? 0),
    scope: after('scope') ?? (after('via') === null ? 'link' : 'global'),
    nextHops:
      dev === null
        ? []
        : [{ via: after('via'), device: dev, weight: 1, onlink: false, linkDown: words.includes('linkdown') }],
    text,
  }
}

/** The routes that the kernel makes for a device's addresses. */
export function connectedRoutes(devices: readonly Interface[]): readonly Route[] {
  return devices.flatMap((each) =>
    each.addresses.flatMap((entry) => {
      const local = route(`local ${entry.address} dev ${each.name} src ${entry.address}`, 'local')
      if (each.kind === 'loopback' && entry.family === 4)
        return [route(`local 127.0.0.0/8 dev lo src 127.0.0.1`, 'local'), local]
      if (entry.prefixLength === 32 || entry.prefixLength === 128) return [local]
      const net = `${networkOf(entry)}/${entry.prefixLength}`
      return [local, route(`${net} dev ${each.name} scope link src ${entry.address}`)]
    }),
  )
}

function networkOf(entry: InterfaceAddress): string {
  if (entry.family === 6) return `${entry.address.replace(/[^:]*$/, '')}`.replace(/:+$/, '::')
  const parts = entry.address.split('.').map(Number)
  const value = parts.reduce((sum, part) => sum * 256 + part, 0)
  const size = 2 ** (32 - entry.prefixLength)
  const network = Math.floor(value / size) * size
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')
}

/** Tables from `iptables-save` text; an empty text is a namespace without rules. */
export function rules(text: string, family: 'ip' | 'ip6' = 'ip'): readonly IptablesTable[] {
  if (text.trim() === '') return []
  const parsed = parseIptablesSave(text, { family, backend: 'nft' })
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems))
  return parsed.tables
}

/** A namespace; `routes` come on top of those that the addresses make. */
export interface NamespaceParts {
  readonly name: string
  readonly devices: readonly Interface[]
  readonly routes?: readonly string[]
  readonly rules?: string
  readonly neighbors?: readonly Neighbor[]
  readonly sockets?: readonly Socket[] | null
  readonly sysctls?: Readonly<Record<string, string>>
  readonly over?: Partial<NetNamespace>
}

export function namespace(parts: NamespaceParts): NetNamespace {
  const lo = device(1, 'lo', 'loopback', { addresses: [address('127.0.0.1/8')] })
  const interfaces = [lo, ...parts.devices]
  return {
    id: parts.name,
    name: parts.name,
    containers: parts.name.startsWith('container:') ? [parts.name.slice(10)] : [],
    interfaces,
    routes: [...connectedRoutes(interfaces), ...(parts.routes ?? []).map((text) => route(text))],
    policyRules: [],
    neighbors: parts.neighbors ?? [],
    fdb: [],
    rulesets: { iptables: rules(parts.rules ?? ''), nft: [], ipsets: [] },
    conntrack: [],
    sockets: parts.sockets === undefined ? [] : parts.sockets,
    sysctls: { 'ipv4/ip_forward': '0', 'ipv4/ip_default_ttl': '64', ...parts.sysctls },
    ...parts.over,
  }
}

export function neighbor(
  deviceName: string,
  ip: string,
  mac: string | null,
  state: Neighbor['state'] = 'reachable',
): Neighbor {
  return { family: ip.includes(':') ? 6 : 4, address: ip, device: deviceName, mac, state }
}

/** A listening socket: `tcp 0.0.0.0:80`. */
export function socket(text: string, processName: string | null = 'server', over: Partial<Socket> = {}): Socket {
  const [protocol = 'tcp', place = ''] = text.split(' ')
  const colon = place.lastIndexOf(':')
  const bound = place.slice(0, colon).replace(/[[\]]/g, '')
  return {
    protocol: protocol as Socket['protocol'],
    family: bound.includes(':') ? 6 : 4,
    address: bound,
    port: Number(place.slice(colon + 1)),
    device: null,
    ipv6Only: false,
    process: processName === null ? null : { name: processName, pid: 100 },
    proxyTo: null,
    ...over,
  }
}

/** One container on one network, with its namespace and the host's end of its veth. */
export interface BuiltContainer {
  readonly container: Container
  readonly namespace: NetNamespace
  readonly hostVeth: Interface
}

/** What a container is like where it differs from the usual. */
export interface ContainerParts {
  readonly name: string
  readonly ip: string
  readonly bridge: string
  readonly gateway: string
  readonly network: string
  readonly index: number
  readonly sockets?: readonly Socket[] | null
  readonly over?: Partial<NetNamespace>
  readonly port?: Partial<NonNullable<Interface['port']>>
  readonly mtu?: number
  readonly rules?: string
  readonly resolvConf?: string
  readonly hosts?: string
  readonly aliases?: readonly string[]
  readonly neighbors?: readonly Neighbor[]
}

export function macOf(ip: string): string {
  const parts = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return `02:42:${parts.join(':')}`
}

/** A container as Docker makes it: eth0 paired with a veth that is a port of its bridge. */
export function buildContainer(parts: ContainerParts): BuiltContainer {
  const { name, ip, index } = parts
  const id = `container:${name}`
  const veth = `veth${name}`
  const mtu = parts.mtu ?? 1500
  const eth0 = device(index, 'eth0', 'veth', {
    mac: macOf(ip),
    mtu,
    addresses: [address(`${ip}/16`)],
    peer: { namespace: 'host', device: veth },
  })
  const port = {
    state: 'forwarding',
    hairpin: false,
    learning: true,
    flood: true,
    isolated: false,
    ...parts.port,
  } as const
  const hostVeth = device(index + 100, veth, 'veth', {
    mac: macOf(ip).replace('02:42', '06:43'),
    mtu,
    master: parts.bridge,
    peer: { namespace: id, device: 'eth0' },
    port,
  })
  const built = namespace({
    name: id,
    devices: [eth0],
    routes: [`default via ${parts.gateway} dev eth0`],
    rules: parts.rules ?? '',
    neighbors: parts.neighbors ?? [neighbor('eth0', parts.gateway, macOf(parts.gateway))],
    sockets: parts.sockets === undefined ? [] : parts.sockets,
    ...(parts.over === undefined ? {} : { over: parts.over }),
  })
  return { container: describeContainer(parts, id), namespace: built, hostVeth }
}

function describeContainer(parts: ContainerParts, id: string): Container {
  const { name, ip, network } = parts
  const onDefault = network === 'bridge'
  return {
    id: Array.from(name.padEnd(8, '0'), (letter) => (letter.charCodeAt(0) % 256).toString(16).padStart(2, '0'))
      .join('')
      .padEnd(64, 'a'),
    name,
    image: 'busybox:local',
    state: 'running',
    pid: 1000 + parts.index,
    hostname: name,
    networkMode: network,
    namespace: id,
    endpoints: [
      {
        network,
        networkName: network,
        ipv4: ip,
        ipv6: null,
        gateway: parts.gateway,
        mac: macOf(ip),
        aliases: parts.aliases ?? [],
      },
    ],
    published: [],
    exposed: [],
    labels: {},
    resolvConf:
      parts.resolvConf ?? (onDefault ? 'nameserver 203.0.113.53\n' : 'nameserver 127.0.0.11\noptions ndots:0\n'),
    hosts: parts.hosts ?? `127.0.0.1\tlocalhost\n${ip}\t${name}\n`,
  }
}

/** A whole host: bridges, containers, a NIC `ens5` with 198.51.100.10/24 and its gateway. */
export interface HostParts {
  readonly containers?: readonly ContainerParts[]
  /** Name to gateway with prefix length. */
  readonly bridges?: Readonly<Record<string, string>>
  readonly rules?: string
  readonly sockets?: readonly Socket[] | null
  readonly sysctls?: Readonly<Record<string, string>>
  readonly routes?: readonly string[]
  readonly neighbors?: readonly Neighbor[]
  readonly host?: Partial<NetNamespace>
  readonly nic?: Partial<Interface>
  readonly names?: readonly NameAnswer[]
  readonly gaps?: readonly Gap[]
  readonly networks?: readonly DockerNetwork[]
  readonly origin?: HostState['origin']
}

const SYSCTLS = { 'ipv4/ip_forward': '1', 'bridge/bridge-nf-call-iptables': '1' }

export function buildHost(parts: HostParts = {}): HostState {
  const built = (parts.containers ?? []).map(buildContainer)
  const bridges = Object.entries(parts.bridges ?? { docker0: '172.17.0.1/16' }).map(([name, gateway], index) =>
    device(10 + index, name, 'bridge', {
      mac: macOf(gateway.split('/')[0] ?? ''),
      addresses: gateway === '' ? [] : [address(gateway)],
      bridge: { vlanFiltering: false, nfCallIptables: false, nfCallIp6tables: false, ageingSeconds: 300 },
    }),
  )
  const nic = device(2, 'ens5', 'physical', {
    mac: '52:54:00:00:00:10',
    addresses: [address('198.51.100.10/24')],
    ...parts.nic,
  })
  const host = namespace({
    name: 'host',
    devices: [nic, ...bridges, ...built.map((each) => each.hostVeth)],
    routes: parts.routes ?? ['default via 198.51.100.1 dev ens5'],
    rules: parts.rules ?? '',
    neighbors: parts.neighbors ?? [
      neighbor('ens5', '198.51.100.1', '52:54:00:00:00:01'),
      ...(parts.containers ?? []).map((each) => neighbor(each.bridge, each.ip, macOf(each.ip))),
    ],
    sockets: parts.sockets === undefined ? [] : parts.sockets,
    sysctls: { ...SYSCTLS, ...parts.sysctls },
    over: {
      fdb: built.map((each) => ({
        mac: each.namespace.interfaces[1]?.mac ?? '',
        device: each.hostVeth.name,
        master: each.hostVeth.master,
        permanent: false,
        self: false,
      })),
      ...parts.host,
    },
  })
  return {
    schema: 'hopwire.host/1',
    origin: parts.origin ?? 'probe',
    capturedAt: '2026-01-01T00:00:00Z',
    hostname: 'testhost',
    kernel: '6.18.44',
    engine: {
      name: 'docker',
      version: '28.5.2',
      apiVersion: '1.51',
      generation: 28,
      rootless: false,
      userlandProxy: true,
    },
    namespaces: [host, ...built.map((each) => each.namespace)],
    containers: built.map((each) => each.container),
    networks: parts.networks ?? [],
    names: parts.names ?? [],
    gaps: parts.gaps ?? [],
  }
}
