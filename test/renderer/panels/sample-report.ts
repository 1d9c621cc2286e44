import type { FieldDiff, Packet } from '../../../src/core/net/packet.ts'
import type { Step } from '../../../src/core/trace/step.ts'
import { type Hop, TRACE_SCHEMA, type Trace, type TraceReport } from '../../../src/core/trace/trace-report.ts'

const STATE = { basis: 'state' } as const

export const ECHO: Packet = {
  family: 4,
  protocol: 'icmp',
  src: '172.17.0.2',
  dst: '203.0.113.80',
  icmp: { type: 8, code: 0, id: 4242, sequence: 1 },
  ttl: 64,
  length: 84,
  dontFragment: true,
  sourceMac: '02:42:ac:11:00:02',
  destinationMac: '02:42:ac:11:00:01',
}

export const MASQUERADE: Extract<Step, { kind: 'rule' }> = {
  kind: 'rule',
  family: 'ip',
  table: 'nat',
  chain: 'POSTROUTING',
  hook: 'postrouting',
  rule: '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
  verdict: 'masquerade',
  target: 'MASQUERADE',
  triedBefore: 1,
  tried: [
    { rule: '-A POSTROUTING -s 172.18.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE', failed: 'source is 172.17.0.2' },
  ],
  evidence: STATE,
  diff: [{ field: 'ip.src', before: '172.17.0.2', after: '198.51.100.20' }],
  why: 'The address 172.17.0.2 means nothing outside this host, so the host’s own address takes its place.',
}

/** A ping from c1 to facebook.com: name, question, answer, with the rewrite at the host and its reversal. */
export function sampleReport(change: Partial<TraceReport> = {}): TraceReport {
  const dns: Packet = { ...ECHO, protocol: 'udp', dst: '203.0.113.53', sourcePort: 40000, destinationPort: 53 }
  return {
    schema: TRACE_SCHEMA,
    origin: 'predicted',
    engine: { name: 'docker', version: '28.5.2' },
    flow: { from: 'c1', to: 'facebook.com', protocol: 'icmp' },
    disposition: 'leaves-host',
    reason: 'The packet leaves by ens5 towards 198.51.100.1.',
    exchanges: [
      {
        label: 'DNS facebook.com',
        protocol: 'dns',
        main: false,
        forward: wayOut(without(dns)),
        reply: wayBack(without(dns)),
      },
      { label: 'ICMP echo', protocol: 'icmp', main: true, forward: wayOut(ECHO), reply: wayBack(ECHO) },
    ],
    warnings: ['What 203.0.113.80 does is outside of this host: its answer is assumed.'],
    ...change,
  }
}

/** A ping that dies at a rule of FORWARD. */
export function droppedReport(): TraceReport {
  const reason = 'DOCKER-ISOLATION-STAGE-2 drops what goes from one bridge network to another.'
  const drop: Step = {
    ...MASQUERADE,
    table: 'filter',
    chain: 'DOCKER-ISOLATION-STAGE-2',
    hook: 'forward',
    rule: '-A DOCKER-ISOLATION-STAGE-2 -o br-aaaaaaaaaaaa -j DROP',
    verdict: 'drop',
    target: 'DROP',
    diff: [],
    why: reason,
  }
  const way = wayOut(ECHO)
  const hops = way.hops
    .slice(0, 3)
    .map((hop, index) => (index === 2 ? { ...hop, steps: [...hop.steps.slice(0, 1), drop] } : hop))
  const forward: Trace = { disposition: 'dropped', reason, hops }
  const exchanges = [{ label: 'ICMP echo', protocol: 'icmp' as const, main: true, forward, reply: null }]
  const flow = { from: 'c1', to: 'a1', protocol: 'icmp' as const }
  return sampleReport({ flow, disposition: 'dropped', reason, exchanges })
}

function without(packet: Packet): Packet {
  const { icmp: _, ...rest } = packet
  return rest
}

function wayOut(packet: Packet): Trace {
  const hops: readonly Hop[] = [
    hop('container:c1', 'eth0', 'veth', packet, [
      step({ kind: 'originate', packet, by: 'c1' }, 'A process in c1 sends it.'),
      step(
        {
          kind: 'route',
          decision: 'forward',
          table: 'main',
          route: 'default via 172.17.0.1 dev eth0',
          via: '172.17.0.1',
          device: 'eth0',
        },
        '',
      ),
      step({ kind: 'exit', device: 'eth0' }, ''),
      step({ kind: 'cross', device: 'eth0', toNetns: 'host', toDevice: 'vethc1' }, 'A veth pair is one wire.'),
    ]),
    hop('host', 'docker0', 'bridge', packet, [
      step({ kind: 'enter', device: 'docker0' }, ''),
      step(
        { kind: 'bridge', bridge: 'docker0', decision: 'local', ports: [] },
        'The frame is for the bridge’s own MAC.',
      ),
    ]),
    hop('host', null, 'stack', packet, [
      step(
        {
          kind: 'route',
          decision: 'forward',
          table: 'main',
          route: 'default via 198.51.100.1 dev ens5',
          via: '198.51.100.1',
          device: 'ens5',
        },
        '',
        [{ field: 'ip.ttl', before: '64', after: '63' }],
      ),
      step({ kind: 'conntrack', state: 'new', action: 'create', entry: '' }, 'The first packet of its connection.'),
      MASQUERADE,
    ]),
    hop('host', 'ens5', 'nic', { ...packet, src: '198.51.100.20', ttl: 63 }, [
      step({ kind: 'exit', device: 'ens5' }, ''),
    ]),
    hop('external', null, 'external', { ...packet, src: '198.51.100.20', ttl: 63 }, []),
  ]
  return { disposition: 'leaves-host', reason: 'The packet leaves by ens5.', hops }
}

function wayBack(packet: Packet): Trace {
  const answer: Packet = { ...packet, src: packet.dst, dst: '198.51.100.20' }
  const turned: readonly FieldDiff[] = [{ field: 'ip.dst', before: '198.51.100.20', after: '172.17.0.2' }]
  const hops: readonly Hop[] = [
    hop('external', null, 'external', answer, []),
    hop('host', 'ens5', 'nic', answer, [step({ kind: 'enter', device: 'ens5' }, '')]),
    hop('host', null, 'stack', answer, [
      step(
        { kind: 'conntrack', state: 'established', action: 'translate', entry: '' },
        'The reply belongs to a known connection.',
        turned,
      ),
    ]),
    hop('container:c1', 'eth0', 'veth', { ...answer, dst: '172.17.0.2' }, [
      step({ kind: 'deliver', to: 'socket', socket: null, process: 'ping' }, 'The process that asked gets it.'),
    ]),
  ]
  return { disposition: 'delivered', reason: 'The reply reaches c1.', hops }
}

function hop(netns: string, device: string | null, kind: Hop['kind'], packet: Packet, steps: readonly Step[]): Hop {
  return { netns, device, kind, packet, frames: [], steps }
}

/** Returns a step with the parts that all have. */
export function step(own: Own<Step>, why: string, diff: readonly FieldDiff[] = []): Step {
  return { ...own, evidence: STATE, diff, why }
}

type Own<S> = S extends unknown ? Omit<S, 'evidence' | 'diff' | 'why'> : never
