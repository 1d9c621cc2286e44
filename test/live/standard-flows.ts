import type { Flow } from '../../src/core/trace/flow.ts'

/** One flow over the lab's standard scene, with what it shows. `NIC` stands for the address of the engine's own NIC. */
export interface DeclaredFlow {
  readonly shows: string
  readonly flow: Flow
}

const icmp = (shows: string, from: string, to: string): DeclaredFlow => ({
  shows,
  flow: { from, to, protocol: 'icmp' },
})

const tcp = (shows: string, from: string, to: string, destinationPort: number): DeclaredFlow => ({
  shows,
  flow: { from, to, protocol: 'tcp', destinationPort },
})

const udp = (shows: string, from: string, to: string, destinationPort: number): DeclaredFlow => ({
  shows,
  flow: { from, to, protocol: 'udp', destinationPort },
})

const LAN = 'external:198.51.100.200'

/** The flows that the first release answers, over the standard scene of the lab. */
export const STANDARD_FLOWS: readonly DeclaredFlow[] = [
  icmp('a container to the internet', 'c1', '203.0.113.80'),
  tcp('a container to a web server outside', 'c1', '203.0.113.80', 80),
  udp('a container to a UDP echo outside', 'c1', '203.0.113.80', 7),
  icmp('a container of a user network to the internet', 'a1', '203.0.113.80'),
  icmp('two containers on docker0', 'c1', '172.17.0.3'),
  icmp('two containers on a user network, by name', 'a1', 'a2'),
  tcp('a listening port on the same bridge', 'c1', '172.17.0.4', 80),
  tcp('a closed port on the same bridge', 'c1', '172.17.0.6', 80),
  udp('a closed UDP port on the same bridge', 'c1', '172.17.0.3', 4242),
  icmp('two bridges: isolation', 'a1', '172.19.0.2'),
  tcp('two bridges: isolation of a published container port', 'a1', '172.19.0.2', 80),
  icmp('docker0 to a user network', 'c1', '172.18.0.2'),
  icmp('a container to its gateway', 'c1', '172.17.0.1'),
  icmp("a container to another bridge's gateway", 'a1', '172.17.0.1'),
  icmp("a container to the host's own address", 'c1', 'NIC'),
  tcp('a container to a port of the host that nobody listens on', 'c1', 'NIC', 4242),
  tcp('a container to a port published by another bridge: docker-proxy', 'c1', 'NIC', 18080),
  tcp('a container to a port published on its own bridge: docker-proxy', 'c1', 'NIC', 8080),
  tcp('a container to a published port with nothing behind it', 'c1', 'NIC', 8082),
  icmp('the host to a container', 'host', '172.17.0.2'),
  tcp('the host to a listening port of a container', 'host', '172.17.0.4', 80),
  icmp('the host to the internet', 'host', '203.0.113.80'),
  icmp('the host to its own address', 'host', 'NIC'),
  tcp('the host to its own published port: DNAT in OUTPUT', 'host', 'NIC', 8080),
  tcp('the host to a published port over loopback: docker-proxy', 'host', '127.0.0.1', 8080),
  tcp('the host to a port published on loopback only', 'host', '127.0.0.1', 8081),
  tcp('the host to a published port with nothing behind it', 'host', '127.0.0.1', 8082),
  tcp('outside to a published port', LAN, 'NIC', 8080),
  tcp('outside to a port published from a user network', LAN, 'NIC', 18080),
  tcp('outside to a published port with nothing behind it', LAN, 'NIC', 8082),
  tcp('outside to a port published on loopback only', LAN, 'NIC', 8081),
  tcp('outside to a port of the host that nobody listens on', LAN, 'NIC', 4242),
  udp('outside to a published UDP port', LAN, 'NIC', 9999),
  icmp('outside to the host', LAN, 'NIC'),
  icmp('an internal network to the internet', 'i1', '203.0.113.80'),
  icmp('an internal network to its gateway', 'i1', '172.20.0.1'),
  icmp("an internal network to the host's NIC", 'i1', 'NIC'),
  icmp('a user network to an internal one', 'a1', '172.20.0.2'),
  { shows: 'a ping that dies on the way', flow: { from: 'c1', to: '203.0.113.80', protocol: 'icmp', ttl: 1 } },
]
