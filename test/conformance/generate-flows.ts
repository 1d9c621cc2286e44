import { wordsOf } from './family-words.ts'
import {
  CLOSED_TCP,
  CLOSED_UDP,
  endsOf,
  HOST_TCP,
  HOST_UDP,
  networksOf,
  OPEN_TCP,
  OPEN_UDP,
  place,
  SHARED_TCP,
  type Topology,
} from './generate-topology.ts'
import type { Family, FlowPlan, SenderPlan } from './plan.ts'
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
  const family: Family = random.chance(speaksIpv6(topology, from) ? 0.5 : 0.05) ? 6 : 4
  const target = pickTarget(random, { topology, from, family })
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

/** What a target is chosen for. */
interface Asking {
  readonly topology: Topology
  readonly from: SenderPlan
  readonly family: Family
}

function pickTarget(random: Random, asking: Asking): Target {
  const { from } = asking
  const kinds: readonly (readonly [number, (random: Random, asking: Asking) => Target])[] = [
    [reaches(from) ? 7 : 0, containerTarget],
    [6, publishedTarget],
    [reaches(from) ? 2 : 0, gatewayTarget],
    [2, hostTarget],
    [reaches(from) ? 1 : 0, unusedTarget],
    [from.kind === 'outside' ? 0 : 5, outsideTarget],
    [from.kind === 'outside' ? 0 : 1, loopbackTarget],
  ]
  return random.weighted(kinds)(random, asking)
}

/** A sender without an address of IPv6 is told by its own kernel at once: worth asking now and then. */
function speaksIpv6({ containers, ...rest }: Topology, from: SenderPlan): boolean {
  if (from.kind !== 'container') return true
  const named = containers.find(({ name }) => name === from.name)
  if (named === undefined || named.mode === 'none') return false
  if (named.mode === 'host') return true
  if (named.mode !== 'networks')
    return speaksIpv6({ containers, ...rest }, { kind: 'container', name: named.mode.slice('container:'.length) })
  const able = networksOf({ containers, ...rest }, 6)
  return named.networks.some((network) => able.includes(network))
}

function containerTarget(random: Random, asking: Asking): Target {
  const ends = endsOf(asking.topology, asking.family)
  if (ends.length === 0) return publishedTarget(random, asking)
  return {
    to: random.pick(ends),
    tcp: [OPEN_TCP, OPEN_TCP, CLOSED_TCP],
    udp: [OPEN_UDP, OPEN_UDP, CLOSED_UDP],
  }
}

function publishedTarget(random: Random, asking: Asking): Target {
  const { topology, from, family } = asking
  const all = topology.containers.flatMap((container) => container.publish)
  if (all.length === 0) return hostTarget(random, asking)
  const chosen = random.pick(all)
  const ports = (protocol: 'tcp' | 'udp', fallback: number): number[] => {
    const some = all.filter((one) => one.protocol === protocol).map((one) => one.hostPort)
    if (chosen.protocol === protocol) return [chosen.hostPort]
    return some.length === 0 ? [fallback] : some
  }
  const loopback = family === 4 ? '127.0.0.1' : '::1'
  const local = from.kind === 'host' ? [loopback, loopback] : []
  const bound = chosen.hostAddress?.replace(/[[\]]/g, '') ?? null
  const isOfFamily = bound !== null && (bound.includes(':') ? 6 : 4) === family
  const own = isOfFamily ? [bound, bound] : []
  // From a container its own loopback is asked, from outside the other machine's: neither is a port of the host.
  const usable = own.filter((address) => address !== loopback || from.kind === 'host')
  const nic = place(family, 'nic')
  const gateway = reaches(from) ? gatewayPlace(random, asking) : null
  const to = random.pick([nic, nic, ...local, ...usable, ...(gateway === null ? [] : [gateway])])
  return { to, tcp: ports('tcp', HOST_TCP), udp: ports('udp', HOST_UDP) }
}

/** A server on the internet knows no way to private addresses. */
const reaches = (from: SenderPlan): boolean => from.kind !== 'outside' || from.machine === 'client'

/** Null where no network has the family. */
function gatewayPlace(random: Random, { topology, family }: Asking): string | null {
  const networks = networksOf(topology, family)
  return networks.length === 0 ? null : place(family, `gw@${random.pick(networks)}`)
}

function gatewayTarget(random: Random, asking: Asking): Target {
  const target = hostTarget(random, asking)
  return { ...target, to: gatewayPlace(random, asking) ?? target.to }
}

function hostTarget(random: Random, { family }: Asking): Target {
  return {
    to: place(family, random.pick(['nic', 'nic', 'nic2'])),
    tcp: [HOST_TCP, SHARED_TCP, CLOSED_TCP],
    udp: [HOST_UDP, CLOSED_UDP],
  }
}

function unusedTarget(random: Random, asking: Asking): Target {
  const { topology, family } = asking
  const networks = networksOf(topology, family)
  if (networks.length === 0) return hostTarget(random, asking)
  const to = place(family, `free@${random.pick(networks)}`)
  return { to, tcp: [OPEN_TCP], udp: [OPEN_UDP] }
}

/** An address of the LAN that nobody has. */
const NOBODY = '198.51.100.77'

/** Only what is known to answer, or known not to: what machines outside do is not the host's to tell. */
function outsideTarget(random: Random, { family }: Asking): Target {
  const { web, client, nowhere } = wordsOf(family)
  const to = random.weighted([
    [6, web],
    [2, client],
    [1, nowhere],
    [family === 4 ? 1 : 0, NOBODY],
  ])
  return { to, tcp: [80], udp: [7] }
}

function loopbackTarget(random: Random, { family }: Asking): Target {
  return {
    to: random.pick(wordsOf(family).loopback),
    tcp: [HOST_TCP, CLOSED_TCP, OPEN_TCP],
    udp: [HOST_UDP, CLOSED_UDP],
  }
}
