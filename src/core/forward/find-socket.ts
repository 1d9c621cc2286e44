import type { Socket } from '../host/socket.ts'

/** A packet that looks for its socket. */
export interface SocketQuery {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly family: 4 | 6
  readonly destination: string
  readonly port: number
  readonly device: string
}

/**
 * Returns the socket that takes a packet, or null: one bound to the very address before a wildcard one, then one bound
 * to the device, then one of the packet's own family before a dual-stack one
 * (linux:net/ipv4/inet_hashtables.c __inet_lookup_listener, compute_score).
 */
export function findSocket(sockets: readonly Socket[], query: SocketQuery): Socket | null {
  let best: Socket | null = null
  let bestScore = 0
  for (const socket of sockets) {
    const score = scoreSocket(socket, query)
    if (score > bestScore) {
      best = socket
      bestScore = score
    }
  }
  return best
}

function scoreSocket(socket: Socket, query: SocketQuery): number {
  if (socket.protocol !== query.protocol || socket.port !== query.port) return 0
  if (socket.device !== null && socket.device !== query.device) return 0
  const address = scoreAddress(socket, query)
  if (address === 0) return 0
  return address + (socket.device === null ? 0 : 2) + (socket.family === query.family ? 1 : 0)
}

function scoreAddress(socket: Socket, query: SocketQuery): number {
  const mapped = socket.address.startsWith('::ffff:') ? socket.address.slice(7) : socket.address
  if (mapped === query.destination) return 10
  if (query.family === 4) {
    if (socket.address === '0.0.0.0' || socket.address === '*') return 1
    return socket.address === '::' && !socket.ipv6Only ? 1 : 0
  }
  return socket.family === 6 && (socket.address === '::' || socket.address === '*') ? 1 : 0
}
