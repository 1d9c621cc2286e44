import type { Socket } from '../../host/socket.ts'
import { digestPort } from '../digest.ts'
import type { Plan, PlannedContainer } from '../plan/plan.ts'
import { parseListen } from '../scene/port-spec.ts'

/** Where dockerd's resolver listens inside a container: two ports of its choice at 127.0.0.11. */
export interface ResolverPorts {
  readonly tcp: number
  readonly udp: number
}

const FIRST_PROXY_PID = 2000
const DOCKERD_PID = 900

/** Returns the resolver's ports of a container, drawn from its name. */
export function resolverPorts(container: string): ResolverPorts {
  return { tcp: digestPort(`resolver tcp ${container}`), udp: digestPort(`resolver udp ${container}`) }
}

export function resolverSockets({ tcp, udp }: ResolverPorts): readonly Socket[] {
  const socket = (protocol: 'tcp' | 'udp', port: number): Socket => ({
    protocol,
    family: 4,
    address: '127.0.0.11',
    port,
    device: null,
    ipv6Only: false,
    process: { name: 'dockerd', pid: DOCKERD_PID },
    proxyTo: null,
  })
  return [socket('udp', udp), socket('tcp', tcp)]
}

/** Returns what `listens` of a container or of the host spells; no address is a socket of IPv6 that takes IPv4 as well. */
export function listeningSockets(listens: readonly string[], process: Socket['process']): readonly Socket[] {
  return listens.flatMap((text) => {
    const listen = parseListen(text)
    if (listen === null) return []
    const address = listen.address ?? '::'
    const family = address.includes(':') ? 6 : 4
    const ipv6Only = listen.address === '::'
    return [
      { protocol: listen.protocol, family, address, port: listen.port, device: null, ipv6Only, process, proxyTo: null },
    ]
  })
}

/**
 * Returns the sockets behind published ports: one docker-proxy for every host address of every port. Without the proxy
 * dockerd itself holds the port, and never takes a connection from it.
 */
export function proxySockets({ daemon, containers }: Plan): readonly Socket[] {
  const bound = containers.flatMap(({ bindings }) => bindings).filter(({ hostPort }) => hostPort !== 0)
  return bound.map(({ protocol, hostAddress, hostPort, address, port }, index) => ({
    protocol,
    family: hostAddress.includes(':') ? 6 : 4,
    address: hostAddress,
    port: hostPort,
    device: null,
    ipv6Only: hostAddress === '::',
    process: daemon.userlandProxy
      ? { name: 'docker-proxy', pid: FIRST_PROXY_PID + index }
      : { name: 'dockerd', pid: DOCKERD_PID },
    proxyTo: daemon.userlandProxy ? { address, port } : null,
  }))
}

/** The name of the process that serves inside: the first word of the command. */
export function processOf({ scene, pid }: PlannedContainer): Socket['process'] {
  const word = scene.command?.[0]?.split('/').at(-1)
  return { name: word ?? 'server', pid }
}
