import { randomBytes, randomInt } from 'node:crypto'
import type { HostState } from '../../core/host/host-state.ts'

/**
 * What one probe is known again by, wherever it turns up: NAT rewrites addresses and ports, none of these. Which of them a
 * packet carries depends on its kind.
 */
export interface ProbeIdentity {
  /** IPv4 identification, never 0: the kernel would choose one then. */
  readonly ipId: number
  /** First bytes of the payload of echo requests and datagrams, 16 hexadecimal digits. A DNS question has the first four as its id. */
  readonly cookie: string
  /** TCP's initial sequence number; the connection's next 64 kB stay below 2^32. */
  readonly isn: number
  /** The echo request's sequence number. */
  readonly sequence: number
}

/** Returns an identity that no other packet has, but for one chance in 2^32 (TCP) or 2^64. */
export function makeIdentity(): ProbeIdentity {
  return {
    ipId: randomInt(1, 0x10000),
    cookie: randomBytes(8).toString('hex'),
    isn: randomInt(1, 0xffff0000),
    // Real pings begin at 0 or 1.
    sequence: randomInt(0x4000, 0x10000),
  }
}

/** Inside Linux's usual range of ephemeral ports. */
const FIRST_PORT = 33_000
const LAST_PORT = 60_999

/**
 * Returns a source port (for ICMP an echo id) that no connection and no socket of the host's state uses: the probe is then
 * the first packet of a connection of its own, and a filter for its port matches nothing else.
 */
export function pickFreePort(state: HostState, protocol: 'icmp' | 'tcp' | 'udp'): number {
  const used = new Set<number>()
  for (const { conntrack, sockets } of state.namespaces) {
    for (const { original, reply } of conntrack ?? []) {
      for (const port of [original.sourcePort, reply.destinationPort]) if (port !== undefined) used.add(port)
    }
    for (const { port } of sockets ?? []) used.add(port)
  }
  for (;;) {
    const port = protocol === 'icmp' ? randomInt(1, 0x10000) : randomInt(FIRST_PORT, LAST_PORT + 1)
    if (!used.has(port)) return port
  }
}
