import type { ContainerPlan, EngineVariant, Family, NetworkPlan, PublishPlan } from './plan.ts'
import type { Random } from './prng.ts'

/** The networks and containers of one topology. */
export interface Topology {
  readonly engine: EngineVariant
  readonly networks: readonly NetworkPlan[]
  readonly containers: readonly ContainerPlan[]
}

/** The networks that have addresses of a family; `bridge` is docker0. */
export function networksOf({ engine, networks }: Topology, family: Family): string[] {
  const own = networks.filter(({ subnet6 }) => family === 4 || subnet6 !== null).map(({ name }) => name)
  return family === 4 || engine.ipv6 ? ['bridge', ...own] : own
}

/** The ends of containers on networks of a family, as places of a plan. */
export function endsOf(topology: Topology, family: Family): string[] {
  const usable = networksOf(topology, family)
  return topology.containers.flatMap(({ name, networks }) =>
    networks.filter((network) => usable.includes(network)).map((network) => place(family, `${name}@${network}`)),
  )
}

/** A place of a plan's text in a family; see plan.ts. */
export const place = (family: Family, name: string): string => (family === 4 ? `{${name}}` : `{6:${name}}`)

/** Ports that something may listen on; 81 and 5353 are left closed on purpose. */
export const OPEN_TCP = 80
export const OPEN_UDP = 9999
export const CLOSED_TCP = 81
export const CLOSED_UDP = 5353
export const HOST_TCP = 7000
export const HOST_UDP = 7002
/** What a container with the host's network listens on. */
export const SHARED_TCP = 7100

/** Makes two or three user networks and five to eight containers, some of them in every way that Docker offers. */
export function generateTopology(random: Random, engine: EngineVariant): Topology {
  const networks = Array.from({ length: 2 + random.int(2) }, (_, index) => generateNetwork(random, index + 1))
  const names = ['bridge', ...networks.map((network) => network.name)]
  const able = (name: string): boolean =>
    engine.userlandProxy || (name === 'bridge' ? engine.ipv6 : networks.some((one) => one.name === name && one.subnet6))
  const attached = Array.from({ length: 5 + random.int(3) }, (_, index) =>
    generateContainer(random, index + 1, names, able),
  )
  return { engine, networks, containers: [...attached, ...generateOthers(random, attached)] }
}

function generateNetwork(random: Random, number: number): NetworkPlan {
  return {
    name: `hw${number}`,
    subnet: random.pick([`172.2${number}.0.0/16`, `10.4${number}.7.0/24`, `192.168.13${number}.0/26`]),
    subnet6: random.chance(0.6) ? random.pick([`fd00:66:${number}::/64`, `2001:db8:6${number}::/64`]) : null,
    internal: random.chance(0.2),
    icc: !random.chance(0.2),
    masquerade: !random.chance(0.15),
  }
}

function generateContainer(
  random: Random,
  number: number,
  names: readonly string[],
  able: (network: string) => boolean,
): ContainerPlan {
  // One on each network first, so that none is empty; then as it comes.
  const first = number <= names.length ? (names[number - 1] ?? 'bridge') : random.pick(names)
  const more = names.filter((name) => name !== first && random.chance(0.14)).slice(0, 2)
  const listens = random.chance(0.7)
  return {
    name: `c${number}`,
    mode: 'networks',
    networks: [first, ...more],
    publish: generatePublish(random, number, able(first)),
    tcp: listens ? [OPEN_TCP] : [],
    udp: listens || random.chance(0.3) ? [OPEN_UDP] : [],
  }
}

/** `able`: a port may be published on an address of IPv6, for want of one of the container's own through docker-proxy. */
function generatePublish(random: Random, number: number, able: boolean): PublishPlan[] {
  const publish: PublishPlan[] = []
  const where = (): string | null =>
    random.weighted([
      [6, null],
      [2, '127.0.0.1'],
      [2, '{nic}'],
      [able ? 1 : 0, '[{6:nic}]'],
      [able ? 1 : 0, '[::1]'],
    ])
  if (random.chance(0.6))
    publish.push({ hostAddress: where(), hostPort: 8000 + number, containerPort: OPEN_TCP, protocol: 'tcp' })
  if (random.chance(0.2))
    publish.push({ hostAddress: where(), hostPort: 8100 + number, containerPort: CLOSED_TCP, protocol: 'tcp' })
  if (random.chance(0.4))
    publish.push({ hostAddress: where(), hostPort: 9000 + number, containerPort: OPEN_UDP, protocol: 'udp' })
  if (random.chance(0.1))
    publish.push({ hostAddress: where(), hostPort: 9100 + number, containerPort: CLOSED_UDP, protocol: 'udp' })
  return publish
}

function generateOthers(random: Random, attached: readonly ContainerPlan[]): ContainerPlan[] {
  const plain = { networks: [], publish: [], tcp: [], udp: [] }
  const others: ContainerPlan[] = []
  if (random.chance(0.25)) others.push({ ...plain, name: 'h1', mode: 'host', tcp: [SHARED_TCP] })
  if (random.chance(0.2)) others.push({ ...plain, name: 'n1', mode: 'none' })
  if (random.chance(0.2)) others.push({ ...plain, name: 's1', mode: `container:${random.pick(attached).name}` })
  return others
}
