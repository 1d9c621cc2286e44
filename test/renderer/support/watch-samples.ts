import type { Packet } from '../../../src/core/net/packet.ts'
import type { WatchFlow, WatchMove, WatchPacket, WatchUpdate } from '../../../src/core/watch/watch.ts'

/** An update that tells nothing. */
export const QUIET: WatchUpdate = {
  id: '',
  stage: 'running',
  problem: null,
  elapsed: 1000,
  interval: 250,
  totals: { packets: 0, bytes: 0, lost: 0, paused: 0, own: 0, unread: 0, forgotten: 0 },
  ring: { packets: 0, bytes: 0, capacity: 32 * 1024 * 1024, first: 0, next: 0 },
  flows: [],
  gone: [],
  hops: [],
  moves: [],
}

/** A connection from c1 to the web server, through the host's published port. */
export function makeFlow(id: number, change: Partial<WatchFlow> = {}): WatchFlow {
  const port = 40_000 + id
  return {
    id,
    family: 4,
    protocol: 'tcp',
    original: { src: '172.17.0.2', dst: '198.51.100.10', sourcePort: port, destinationPort: 8080 },
    reply: { src: '172.17.0.4', dst: '172.17.0.2', sourcePort: 80, destinationPort: port },
    directionFrom: 'conntrack',
    from: { name: 'c1', netns: 'container:c1' },
    to: { name: 'web', netns: 'container:web' },
    nat: { source: null, destination: '172.17.0.4:80' },
    state: 'ESTABLISHED',
    flags: ['ASSURED'],
    sent: { packets: 6, bytes: 420 },
    returned: { packets: 5, bytes: 1800 },
    packetsPerSecond: 2,
    bytesPerSecond: 400,
    firstSeen: id * 100,
    lastSeen: id * 100 + 50,
    ended: false,
    trace: { from: 'c1', to: '198.51.100.10', protocol: 'tcp', sourcePort: port, destinationPort: 8080 },
    ...change,
  }
}

const PACKET: Packet = {
  family: 4,
  protocol: 'tcp',
  src: '172.17.0.2',
  dst: '172.17.0.4',
  sourcePort: 40_001,
  destinationPort: 80,
  tcpFlags: ['syn'],
  ttl: 64,
  length: 60,
  dontFragment: true,
  sourceMac: '02:42:ac:11:00:02',
  destinationMac: '02:42:ac:11:00:04',
}

/** A packet that c1 sends, a hundred milliseconds after the one before it. */
export function makePacket(seq: number, change: Partial<WatchPacket> = {}): WatchPacket {
  return {
    seq,
    seconds: 1_795_230_000 + Math.floor(seq / 10),
    nanoseconds: (seq % 10) * 100_000_000,
    netns: 'container:c1',
    device: 'eth0',
    direction: 'out',
    otherHost: false,
    flow: 1,
    packet: PACKET,
    problem: null,
    length: 74,
    kept: 74,
    comments: [],
    ...change,
  }
}

/** The devices that a packet from c1 to the web server passes, as they tell of it, microseconds apart. */
export function movesToWeb(flow: number, at: number): readonly WatchMove[] {
  const seen = [
    ['container:c1', 'eth0', 'out'],
    ['host', 'vethc1', 'in'],
    ['host', 'docker0', 'in'],
    ['host', 'docker0', 'out'],
    ['host', 'vethweb', 'out'],
    ['container:web', 'eth0', 'in'],
  ] as const
  return seen.map(([netns, device, direction], index) => ({
    seq: index,
    flow,
    netns,
    device,
    direction,
    at: at + index * 0.01,
  }))
}
