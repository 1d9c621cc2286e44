import type { WatchTarget } from '../../../src/core/watch/watch.ts'
import type { Client } from '../../../src/protocol/connect.ts'
import { ipv4, type Recorded, tcp } from '../../support/build-packet.ts'

/** Ends on the host that `playBackend` pretends to have, and outside of it. */
export const C1 = '172.17.0.2'
export const SERVER = '203.0.113.80'
export const HOST = '198.51.100.20'
/** What conntrack tells of c1's connection to the server. */
export const NEW =
  '    [NEW] ipv4 2 tcp 6 120 SYN_SENT src=172.17.0.2 dst=203.0.113.80 sport=4000 dport=80 [UNREPLIED] src=203.0.113.80 dst=198.51.100.20 sport=80 dport=4000\n'

/** Returns what a watch of a target is asked for with. */
export const question = (target: WatchTarget, more: object = {}) => ({
  target,
  filter: '',
  ringBytes: 1 << 20,
  snapLength: 512,
  ...more,
})

/** Returns a frame as the helper captured it. */
export const at = (milliseconds: number, bytes: Uint8Array): Recorded => ({
  seconds: 1_700_000_000,
  nanoseconds: milliseconds * 1_000_000,
  bytes,
})

export const syn = (src: string, dst: string) => ipv4(6, { src, dst }, tcp(4000, 80, ['syn']))

export async function flowsOf(client: Client, id: string) {
  const flows = await client.call('watchFlows', { id })
  return flows.ok ? flows.value : []
}

export async function packetsOf(client: Client, id: string, from = 0) {
  const read = await client.call('watchPackets', { id, from, count: 100 })
  if (!read.ok) throw new Error(read.failure.message)
  return read.value.packets
}
