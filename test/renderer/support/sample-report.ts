import type { FieldDiff, Packet } from '../../../src/core/net/packet.ts'
import { diffPackets } from '../../../src/core/net/diff-packet.ts'
import type { Step } from '../../../src/core/trace/step.ts'
import {
  type Frame,
  type Hop,
  type HopKind,
  type Trace,
  TRACE_SCHEMA,
  type TraceReport,
} from '../../../src/core/trace/trace-report.ts'

type StepParts = Step extends infer S ? (S extends Step ? Omit<S, 'evidence' | 'diff' | 'why'> : never) : never

const EVIDENCE = { basis: 'state' } as const

function step(parts: StepParts, diff: readonly FieldDiff[] = [], why = 'because of the host state'): Step {
  return { ...parts, diff, why, evidence: EVIDENCE }
}

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
  destinationMac: '02:42:aa:00:00:01',
}

/** Writes hops down one after another; each step's `to` is the packet after it. */
class Walk {
  readonly hops: Hop[] = []
  #packet: Packet

  constructor(packet: Packet) {
    this.#packet = packet
  }

  hop(
    netns: string,
    device: string | null,
    kind: HopKind,
    steps: readonly (readonly [StepParts, Partial<Packet>?])[],
  ): this {
    const packet = this.#packet
    const done = steps.map(([parts, change]) => {
      const after = { ...this.#packet, ...change }
      const made = step(parts, diffPackets(this.#packet, after))
      this.#packet = after
      return made
    })
    const frames: readonly Frame[] = device === null ? [] : [{ direction: 'in', ...packet }]
    this.hops.push({ netns, device, kind, packet, frames, steps: done })
    return this
  }

  end(disposition: Trace['disposition'], reason: string): Trace {
    return { disposition, reason, hops: this.hops }
  }
}

function rule(
  table: string,
  hook: string,
  text: string,
  verdict: 'accept' | 'drop' | 'jump' | 'masquerade',
): StepParts {
  const chain = text.split(' ')[1] as string
  return {
    kind: 'rule',
    family: 'ip',
    table,
    chain,
    hook,
    rule: text,
    verdict,
    target: verdict.toUpperCase(),
    triedBefore: 1,
  }
}

function policy(table: string, hook: string): StepParts {
  return { kind: 'policy', family: 'ip', table, chain: hook.toUpperCase(), hook, verdict: 'accept', triedBefore: 0 }
}

function leaveContainer(walk: Walk, packet: Packet, name: string, veth: string): Walk {
  const netns = `container:${name}`
  return walk
    .hop(netns, null, 'stack', [
      [{ kind: 'originate', packet, by: 'ping' }],
      [
        {
          kind: 'route',
          decision: 'forward',
          table: 'main',
          route: 'default via 172.17.0.1 dev eth0',
          via: '172.17.0.1',
          device: 'eth0',
        },
      ],
    ])
    .hop(netns, 'eth0', 'interface', [[{ kind: 'cross', device: 'eth0', toNetns: 'host', toDevice: veth }]])
    .hop('host', veth, 'veth', [[{ kind: 'enter', device: veth }]])
    .hop('host', 'docker0', 'bridge', [[{ kind: 'bridge', bridge: 'docker0', decision: 'local', ports: [] }]])
}

function echoForward(veth: string): Trace {
  return leaveContainer(new Walk(ECHO), ECHO, 'container1', veth)
    .hop('host', null, 'stack', [
      [policy('raw', 'prerouting')],
      [{ kind: 'conntrack', state: 'new', action: 'create', entry: 'icmp 172.17.0.2 203.0.113.80' }],
      [policy('nat', 'prerouting')],
      [
        {
          kind: 'route',
          decision: 'forward',
          table: 'main',
          route: 'default via 198.51.100.1 dev ens5',
          via: '198.51.100.1',
          device: 'ens5',
        },
        { ttl: 63 },
      ],
      [rule('filter', 'forward', '-A FORWARD -j DOCKER-FORWARD', 'jump')],
      [rule('filter', 'forward', '-A DOCKER-FORWARD -i docker0 -j ACCEPT', 'accept')],
      [
        rule('nat', 'postrouting', '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', 'masquerade'),
        { src: '198.51.100.10' },
      ],
      [
        { kind: 'neighbor', address: '198.51.100.1', device: 'ens5', mac: '0a:15:28:e2:a3:6f', state: 'reachable' },
        { sourceMac: 'ce:36:91:26:21:91', destinationMac: '0a:15:28:e2:a3:6f' },
      ],
    ])
    .hop('host', 'ens5', 'nic', [[{ kind: 'exit', device: 'ens5' }]])
    .hop('external', null, 'external', [])
    .end('leaves-host', 'It leaves by ens5 towards 203.0.113.80.')
}

function echoReply(veth: string): Trace {
  const packet: Packet = {
    ...ECHO,
    src: '203.0.113.80',
    dst: '198.51.100.10',
    icmp: { type: 0, code: 0, id: 4242, sequence: 1 },
    ttl: 57,
  }
  return new Walk(packet)
    .hop('external', null, 'external', [[{ kind: 'originate', packet, by: 'facebook.com' }]])
    .hop('host', 'ens5', 'nic', [[{ kind: 'enter', device: 'ens5' }]])
    .hop('host', null, 'stack', [
      [policy('raw', 'prerouting')],
      [{ kind: 'conntrack', state: 'established', action: 'translate', entry: 'icmp' }, { dst: '172.17.0.2' }],
      [
        {
          kind: 'route',
          decision: 'forward',
          table: 'main',
          route: '172.17.0.0/16 dev docker0',
          via: null,
          device: 'docker0',
        },
        { ttl: 56 },
      ],
      [
        rule(
          'filter',
          'forward',
          '-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
          'accept',
        ),
      ],
      [policy('mangle', 'postrouting')],
    ])
    .hop('host', 'docker0', 'bridge', [[{ kind: 'bridge', bridge: 'docker0', decision: 'forward', ports: [veth] }]])
    .hop('host', veth, 'veth', [[{ kind: 'cross', device: veth, toNetns: 'container:container1', toDevice: 'eth0' }]])
    .hop('container:container1', 'eth0', 'interface', [[{ kind: 'enter', device: 'eth0' }]])
    .hop('container:container1', null, 'stack', [
      [{ kind: 'deliver', to: 'socket', socket: 'icmp 4242', process: 'ping' }],
    ])
    .end('delivered', 'ping gets its answer.')
}

function report(exchanges: TraceReport['exchanges'], to: string): TraceReport {
  const main = exchanges.find((each) => each.main) as TraceReport['exchanges'][number]
  return {
    schema: TRACE_SCHEMA,
    origin: 'predicted',
    engine: { name: 'docker', version: '28.5.2' },
    flow: { from: 'container1', to, protocol: 'icmp' },
    disposition: main.forward.disposition,
    reason: main.forward.reason,
    exchanges,
    warnings: [],
  }
}

/** A ping from container1 to the internet and back; `veth` is the host's end of container1's pair. */
export function sampleReport(veth = 'veth8ed2a00'): TraceReport {
  const exchange = { label: 'ICMP echo', protocol: 'icmp', main: true } as const
  return report([{ ...exchange, forward: echoForward(veth), reply: echoReply(veth) }], 'facebook.com')
}

/** A ping from container1 that dies at the isolation rule of another bridge. */
export function droppedReport(veth = 'veth8ed2a00'): TraceReport {
  const packet: Packet = { ...ECHO, dst: '172.18.0.2' }
  const forward = leaveContainer(new Walk(packet), packet, 'container1', veth)
    .hop('host', null, 'stack', [
      [policy('raw', 'prerouting')],
      [
        {
          kind: 'route',
          decision: 'forward',
          table: 'main',
          route: '172.18.0.0/16 dev br-4c1f0e2a9d01',
          via: null,
          device: 'br-4c1f0e2a9d01',
        },
        { ttl: 63 },
      ],
      [rule('filter', 'forward', '-A FORWARD -j DOCKER-ISOLATION-STAGE-1', 'jump')],
      [rule('filter', 'forward', '-A DOCKER-ISOLATION-STAGE-2 -o br-4c1f0e2a9d01 -j DROP', 'drop')],
    ])
    .end('dropped', 'The isolation between bridges drops it.')
  return report([{ label: 'ICMP echo', protocol: 'icmp', main: true, forward, reply: null }], 'app-2')
}
