import {
  CLOSED_TCP,
  CLOSED_UDP,
  HOST_TCP,
  HOST_UDP,
  OPEN_TCP,
  OPEN_UDP,
  SHARED_TCP,
  type Topology,
} from './generate-topology.ts'
import type { ContainerPlan, FlowPlan, SenderPlan } from './plan.ts'
import type { Random } from './prng.ts'

/** An address and the ports that are worth asking there. */
interface Target {
  readonly to: string
  readonly tcp: readonly number[]
  readonly udp: readonly number[]
}

/** Makes flows that any program could send: nothing forged, every sender with the addresses that it has. */
export function generateFlows(random: Random, topology: Topology, count: number): FlowPlan[] {
  return Array.from({ length: count }, () => generateFlow(random, topology))
}

function generateFlow(random: Random, topology: Topology): FlowPlan {
  const from = pickSender(random, topology)
  const target = pickTarget(random, topology, from)
  const base = { from, to: target.to, ...pickTtl(random) }
  const protocol = random.weighted([
    [4, 'icmp'],
    [5, 'tcp'],
    [3, 'udp'],
  ] as const)
  if (protocol === 'icmp') return { ...base, protocol, ...pickSize(random, from) }
  if (protocol === 'tcp') return { ...base, protocol, port: random.pick(target.tcp) }
  return { ...base, protocol, port: random.pick(target.udp), ...pickSize(random, from) }
}

function pickSender(random: Random, { containers }: Topology): SenderPlan {
  const kind = random.weighted([
    [6, 'container'],
    [2, 'host'],
    [3, 'outside'],
  ] as const)
  if (kind === 'host') return { kind }
  if (kind === 'outside')
    return {
      kind,
      machine: random.weighted([
        [4, 'client'],
        [1, 'web'],
      ]),
    }
  return { kind, name: random.pick(containers).name }
}

function pickTtl(random: Random): Pick<FlowPlan, 'ttl'> {
  return random.weighted([
    [10, {}],
    [1, { ttl: 1 }],
    [1, { ttl: 2 }],
  ])
}

/** Mostly small; sometimes over every MTU (in fragments or not at all), sometimes just over a smaller uplink's. */
function pickSize(random: Random, from: SenderPlan): Pick<FlowPlan, 'size' | 'df'> {
  const size = random.weighted<Pick<FlowPlan, 'size' | 'df'>>([
    [12, {}],
    [1, { size: 2000 }],
    [1, { size: 2000, df: false }],
    [2, { size: 1390 }],
    [1, { size: 1390, df: false }],
  ])
  // What a machine outside refuses to send is nothing that a host could know.
  return from.kind === 'outside' && size.size !== undefined ? { ...size, df: false } : size
}

function pickTarget(random: Random, topology: Topology, from: SenderPlan): Target {
  const kinds: readonly (readonly [number, (random: Random, topology: Topology, from: SenderPlan) => Target])[] = [
    [reaches(from) ? 7 : 0, containerTarget],
    [6, publishedTarget],
    [reaches(from) ? 2 : 0, gatewayTarget],
    [2, hostTarget],
    [reaches(from) ? 1 : 0, unusedTarget],
    [from.kind === 'outside' ? 0 : 5, outsideTarget],
    [from.kind === 'outside' ? 0 : 1, loopbackTarget],
  ]
  return random.weighted(kinds)(random, topology, from)
}

const withNetwork = (topology: Topology): ContainerPlan[] =>
  topology.containers.filter((container) => container.networks.length > 0)

function containerTarget(random: Random, topology: Topology): Target {
  const container = random.pick(withNetwork(topology))
  const to = `{${container.name}@${random.pick(container.networks)}}`
  return { to, tcp: [OPEN_TCP, OPEN_TCP, CLOSED_TCP], udp: [OPEN_UDP, OPEN_UDP, CLOSED_UDP] }
}

function publishedTarget(random: Random, topology: Topology, from: SenderPlan): Target {
  const all = topology.containers.flatMap((container) => container.publish)
  if (all.length === 0) return hostTarget(random)
  const chosen = random.pick(all)
  const ports = (protocol: 'tcp' | 'udp', fallback: number): number[] => {
    const some = all.filter((one) => one.protocol === protocol).map((one) => one.hostPort)
    if (chosen.protocol === protocol) return [chosen.hostPort]
    return some.length === 0 ? [fallback] : some
  }
  const local = from.kind === 'host' ? ['127.0.0.1', '127.0.0.1'] : []
  const own = chosen.hostAddress === null ? [] : [chosen.hostAddress, chosen.hostAddress]
  // From a container its own 127.0.0.1 is asked, from outside the other machine's: neither is a port of the host.
  const usable = own.filter((address) => address !== '127.0.0.1' || from.kind === 'host')
  const to = random.pick([
    '{nic}',
    '{nic}',
    ...local,
    ...usable,
    ...(reaches(from) ? [gatewayPlace(random, topology)] : []),
  ])
  return { to, tcp: ports('tcp', HOST_TCP), udp: ports('udp', HOST_UDP) }
}

/** A server on the internet knows no way to private addresses. */
const reaches = (from: SenderPlan): boolean => from.kind !== 'outside' || from.machine === 'client'

const gatewayPlace = (random: Random, { networks }: Topology): string =>
  `{gw@${random.pick(['bridge', ...networks.map((network) => network.name)])}}`

function gatewayTarget(random: Random, topology: Topology): Target {
  return { ...hostTarget(random), to: gatewayPlace(random, topology) }
}

function hostTarget(random: Random): Target {
  return {
    to: random.pick(['{nic}', '{nic}', '{nic2}']),
    tcp: [HOST_TCP, SHARED_TCP, CLOSED_TCP],
    udp: [HOST_UDP, CLOSED_UDP],
  }
}

function unusedTarget(random: Random, { networks }: Topology): Target {
  const places = ['bridge', ...networks.map((network) => network.name)].map((name) => `{free@${name}}`)
  return { to: random.pick(places), tcp: [OPEN_TCP], udp: [OPEN_UDP] }
}

/** Only what is known to answer, or known not to: what machines outside do is not the host's to tell. */
function outsideTarget(random: Random): Target {
  const to = random.weighted([
    [6, '203.0.113.80'],
    [2, '198.51.100.200'],
    [1, '203.0.113.9'],
    [1, '198.51.100.77'],
  ])
  return { to, tcp: [80], udp: [7] }
}

function loopbackTarget(random: Random): Target {
  return {
    to: random.pick(['127.0.0.1', '127.0.0.1', '127.3.2.1']),
    tcp: [HOST_TCP, CLOSED_TCP, OPEN_TCP],
    udp: [HOST_UDP, CLOSED_UDP],
  }
}
