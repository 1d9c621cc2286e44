import type { Flow } from '../../src/core/trace/flow.ts'
import { guests, outside, uplink } from './nft-host.ts'

/** One probe on the small host: `from` sends to `to`; without a port it is a ping. */
export interface Ask {
  readonly from: string
  readonly to: string
  readonly kind: 'icmp' | 'udp' | 'tcp-syn'
  readonly port?: number
}

/** Everybody who can send or be sent to. */
export const places: readonly string[] = ['host', 'outside', ...Object.keys(guests)]

/** Returns the address of a place; an address is its own. */
export function addressOf(place: string): string {
  return place === 'outside' ? outside : place === 'host' ? uplink : (guests[place]?.address ?? place)
}

/** What probe.py sends, IP header included. */
const LENGTHS = { icmp: 84, udp: 60, 'tcp-syn': 40 } as const

/** Returns the flow that a probe is of. `sourcePort` is the id of a ping. */
export function flowOf(ask: Ask, sourcePort: number): Flow {
  const from = ask.from === 'outside' ? `external:${outside}` : ask.from
  const protocol = ask.kind === 'tcp-syn' ? 'tcp' : ask.kind
  const port = ask.port === undefined ? {} : { destinationPort: ask.port }
  return { from, to: addressOf(ask.to), protocol, sourcePort, length: LENGTHS[ask.kind], dontFragment: true, ...port }
}

/** Returns what probe.py is to send for a probe. */
export function probeOf(ask: Ask, sourcePort: number, timeoutMs: number): Readonly<Record<string, unknown>> {
  const id = ask.kind === 'icmp' ? { id: sourcePort } : { sourcePort, port: ask.port }
  return { kind: ask.kind, to: addressOf(ask.to), timeoutMs, ...id }
}

/** An unexpected SYN-ACK is answered with a plain reset by the sender's kernel: a packet more than is asked about. */
export const QUIET = 'table ip quiet { chain out { type filter hook output priority -500; tcp flags == rst drop; }; }'
