import type { HostState } from '../../src/core/host/host-state.ts'
import { buildHost, type ContainerParts, type HostParts, socket } from './build-host.ts'
import { DNS_RULES } from './docker-rules.ts'

const onDocker0 = { bridge: 'docker0', gateway: '172.17.0.1', network: 'bridge' } as const
const onNetB = {
  bridge: 'brB',
  gateway: '172.19.0.1',
  network: 'net-b',
  rules: DNS_RULES,
  sockets: [socket('udp 127.0.0.11:54680', 'dockerd')],
} as const

/** c1 and c2 and the web server on docker0; b1 (a web server) and b2 on net-b. */
export const CONTAINERS: readonly ContainerParts[] = [
  { name: 'c1', ip: '172.17.0.2', index: 20, ...onDocker0 },
  { name: 'c2', ip: '172.17.0.3', index: 21, ...onDocker0 },
  { name: 'web', ip: '172.17.0.4', index: 22, ...onDocker0, sockets: [socket('tcp [::]:80', 'httpd')] },
  {
    name: 'b1',
    ip: '172.19.0.2',
    index: 23,
    ...onNetB,
    sockets: [socket('tcp 0.0.0.0:80', 'httpd'), ...onNetB.sockets],
  },
  { name: 'b2', ip: '172.19.0.3', index: 24, ...onNetB, aliases: ['store'] },
]

const proxy = (port: number, address: string) =>
  socket(`tcp 0.0.0.0:${port}`, 'docker-proxy', { proxyTo: { address, port: 80 } })

/** The scene of these tests: two bridges, five containers, docker-proxy for 8080 and 18080. */
export function standardHost(rules: string, more: HostParts = {}): HostState {
  return buildHost({
    containers: CONTAINERS,
    bridges: { docker0: '172.17.0.1/16', brB: '172.19.0.1/16' },
    sockets: [proxy(8080, '172.17.0.4'), proxy(18080, '172.19.0.2')],
    rules,
    ...more,
  })
}

/** The standard containers with one changed. */
export function withContainer(name: string, change: Partial<ContainerParts>): readonly ContainerParts[] {
  return CONTAINERS.map((each) => (each.name === name ? { ...each, ...change } : each))
}
