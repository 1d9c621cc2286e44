import type { DockerNetwork } from '../../src/core/host/container.ts'
import type { Gap, HostState, NameAnswer } from '../../src/core/host/host-state.ts'
import type { Interface } from '../../src/core/host/interface.ts'
import type { NetNamespace } from '../../src/core/host/namespace.ts'
import type { Neighbor } from '../../src/core/host/neighbor.ts'
import type { Socket } from '../../src/core/host/socket.ts'
import { buildContainer, type ContainerParts, macOf } from './build-container.ts'
import { address, device, namespace, neighbor } from './build-namespace.ts'

export * from './build-namespace.ts'
export type { ContainerParts } from './build-container.ts'

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
