import type { Container } from '../../src/core/host/container.ts'
import type { Interface } from '../../src/core/host/interface.ts'
import type { NetNamespace } from '../../src/core/host/namespace.ts'
import type { Neighbor } from '../../src/core/host/neighbor.ts'
import type { Socket } from '../../src/core/host/socket.ts'
import { address, device, namespace, neighbor } from './build-namespace.ts'

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
  readonly dns?: readonly string[]
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
    ...(parts.dns === undefined ? {} : { dns: parts.dns }),
    hosts: parts.hosts ?? `127.0.0.1\tlocalhost\n${ip}\t${name}\n`,
  }
}
