import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { busyboxImage, type Engine, type World } from '../lab/index.ts'
import { startDaemon } from '../lab/daemon.ts'
import { finish } from '../lab/run-command.ts'
import { ip, listens, setSysctls } from '../lab/world.ts'
import type { ContainerPlan, NetworkPlan, TopologyPlan } from './plan.ts'

/** A topology that is up. */
export interface Built {
  /** Fills in the places of a plan's text (see plan.ts); throws on one that does not exist. */
  fill(text: string): string
  /** Container name to the path of its namespace; those that share one have the same. */
  readonly containers: Readonly<Record<string, string>>
  /** What each namespace can reach directly: for asking neighbours before they are needed. */
  readonly neighbors: Readonly<Record<string, readonly string[]>>
  /** Takes everything away again. */
  remove(): Promise<void>
}

const serveScript = fileURLToPath(new URL('serve.py', import.meta.url))

/** A machine of the LAN that routes to the containers' subnets. */
export const routingNeighbor = '198.51.100.201'

/** An address of the LAN that nobody has, of which each host knows so. */
export const nobody = '198.51.100.77'

/** Another way to the internet. */
export const secondRouter = '198.51.100.2'

/** The second address of the host's NIC: the first with 100 added. */
export function secondAddress(address: string): string {
  const parts = address.split('.')
  return [...parts.slice(0, 3), Number(parts[3]) + 100].join('.')
}

/** Creates networks and containers, starts what listens, and waits until it does. */
export async function buildTopology(engine: Engine, plan: TopologyPlan): Promise<Built> {
  for (const network of plan.networks) await createNetwork(engine, network)
  const late = plan.containers.filter(({ mode }) => mode.startsWith('container:'))
  await inPairs(
    plan.containers.filter((container) => !late.includes(container)),
    (container) => runContainer(engine, container),
  )
  for (const container of late) await runContainer(engine, container)
  const containers: Record<string, string> = {}
  for (const { name } of plan.containers) containers[name] = await engine.containerNetns(name)
  await Promise.all(plan.containers.map((container) => listen(engine, container, containers[container.name] ?? '')))
  const facts = await readFacts(engine, plan)
  return {
    fill: (text) => text.replace(/\{([^}]+)\}/g, (whole, place: string) => facts.get(place) ?? unknownPlace(whole)),
    containers,
    neighbors: neighborsOf(plan, facts),
    remove: () => removeTopology(engine, plan),
  }
}

function unknownPlace(text: string): never {
  throw new Error(`the plan names ${text}, which does not exist`)
}

async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let index = 0; index < items.length; index += 2) await Promise.all(items.slice(index, index + 2).map(work))
}

async function createNetwork(engine: Engine, plan: NetworkPlan): Promise<void> {
  const options = [`com.docker.network.bridge.name=${plan.name}`]
  if (!plan.icc) options.push('com.docker.network.bridge.enable_icc=false')
  if (!plan.masquerade) options.push('com.docker.network.bridge.enable_ip_masquerade=false')
  const flags = [...(plan.internal ? ['--internal'] : []), ...options.flatMap((option) => ['-o', option])]
  await engine.docker(['network', 'create', '--subnet', plan.subnet, ...flags, plan.name])
  await setSysctls(engine.netns, steadyNeighbors(plan.name))
}

/** Neighbours stay what they were when the host was read: asked at once when in doubt, then known for an hour. */
const steadyNeighbors = (device: string): Record<string, string> => ({
  [`net/ipv4/neigh/${device}/delay_first_probe_time`]: '0',
  [`net/ipv4/neigh/${device}/base_reachable_time_ms`]: '3600000',
})

async function runContainer(engine: Engine, plan: ContainerPlan): Promise<void> {
  const [first, ...more] = plan.networks
  const network = plan.mode === 'networks' ? (first ?? 'bridge') : plan.mode
  const publish = plan.publish.flatMap(({ hostAddress, hostPort, containerPort, protocol }) => {
    const address = hostAddress === null ? '' : `${hostAddress.replace('{nic}', engine.address)}:`
    return ['-p', `${address}${hostPort}:${containerPort}/${protocol}`]
  })
  await engine.docker([
    'run',
    '-d',
    '--name',
    plan.name,
    '--network',
    network,
    ...publish,
    busyboxImage,
    'sleep',
    '1000000',
  ])
  for (const other of more) await engine.docker(['network', 'connect', other, plan.name])
}

/**
 * Each probe gets its ICMP error, where a real host would send one a second; and nobody repeats what was not answered,
 * which would fall into the time of a later probe.
 */
const quietSysctls = {
  'net/ipv4/icmp_ratelimit': '0',
  'net/ipv4/tcp_synack_retries': '0',
  'net/ipv4/tcp_syn_retries': '1',
  'net/ipv4/tcp_retries2': '1',
  'net/ipv4/tcp_orphan_retries': '1',
}

/** Listeners are processes of this machine that join the container's network and pid namespaces, and end with it. */
async function listen(engine: Engine, plan: ContainerPlan, netns: string): Promise<void> {
  if (plan.mode !== 'none') await setSysctls(netns, quietSysctls)
  await serveIn(engine, { label: plan.name, netns, tcp: plan.tcp, udp: plan.udp })
}

interface Serving {
  readonly label: string
  readonly netns: string
  readonly tcp: readonly number[]
  readonly udp: readonly number[]
}

/** Starts the lab's servers in a namespace, on all addresses; they end with the pid namespace they are put in. */
export async function serveIn(engine: Engine, { label, netns, tcp, udp }: Serving): Promise<void> {
  if (tcp.length + udp.length === 0) return
  const pidns = netns === engine.netns ? `/proc/${engine.pid}/ns/pid` : netns.replace(/net$/, 'pid')
  const log = join(engine.world.directory, engine.name, `serve-${label}.log`)
  const argv = ['nsenter', `--net=${netns}`, `--pid=${pidns}`, '--', 'python3', serveScript, tcp.join(), udp.join()]
  startDaemon(engine.world.ledger, argv, log)
  const deadline = Date.now() + 10_000
  for (const [protocol, some] of [
    ['tcp', tcp],
    ['udp', udp],
  ] as const)
    for (const port of some)
      while (!(await listens(netns, `:${port}`, protocol))) {
        if (Date.now() > deadline) throw new Error(`${label}: nothing listens on ${protocol} ${port} after 10 s`)
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
}

interface InspectedContainer {
  readonly Name: string
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { IPAddress: string; MacAddress: string }>> }
}

interface InspectedNetwork {
  readonly Name: string
  readonly IPAM: { readonly Config: readonly { Subnet: string; Gateway?: string }[] }
}

async function readFacts(engine: Engine, plan: TopologyPlan): Promise<Map<string, string>> {
  const facts = new Map([
    ['nic', engine.address],
    ['nic2', secondAddress(engine.address)],
  ])
  const names = plan.containers.map(({ name }) => name)
  for (const container of JSON.parse(await engine.docker(['inspect', ...names])) as InspectedContainer[])
    for (const [network, end] of Object.entries(container.NetworkSettings.Networks)) {
      facts.set(`${container.Name.slice(1)}@${network}`, end.IPAddress)
      facts.set(`mac:${container.Name.slice(1)}@${network}`, end.MacAddress)
    }
  const networks = ['bridge', ...plan.networks.map(({ name }) => name)]
  for (const network of JSON.parse(await engine.docker(['network', 'inspect', ...networks])) as InspectedNetwork[]) {
    const [config] = network.IPAM.Config
    if (config === undefined) throw new Error(`network ${network.Name} has no subnet`)
    const [base = ''] = config.Subnet.split('/')
    const lastPart = (last: number): string => [...base.split('.').slice(0, 3), last].join('.')
    facts.set(`net@${network.Name}`, config.Subnet)
    facts.set(`gw@${network.Name}`, config.Gateway ?? lastPart(1))
    facts.set(`free@${network.Name}`, lastPart(60))
  }
  return facts
}

function neighborsOf(plan: TopologyPlan, facts: ReadonlyMap<string, string>): Record<string, string[]> {
  const attached = plan.containers.filter(({ networks }) => networks.length > 0)
  const place = (key: string): string => facts.get(key) ?? ''
  const neighbors: Record<string, string[]> = {
    host: [
      ...attached.flatMap(({ name, networks }) => networks.map((network) => place(`${name}@${network}`))),
      '198.51.100.1',
      '198.51.100.200',
    ],
  }
  for (const { name, networks } of attached)
    neighbors[name] = networks.flatMap((network) => [
      place(`gw@${network}`),
      ...attached
        .filter((peer) => peer.name !== name && peer.networks.includes(network))
        .map((peer) => place(`${peer.name}@${network}`)),
    ])
  return neighbors
}

async function removeTopology(engine: Engine, plan: TopologyPlan): Promise<void> {
  await engine.docker(['rm', '-f', ...plan.containers.map(({ name }) => name)], { timeoutMs: 60_000 })
  for (const { name } of plan.networks) await engine.docker(['network', 'rm', name])
}

/** What every topology of an engine finds: a second address, no limit on ICMP errors, machines outside that know it. */
export async function prepareEngine(engine: Engine): Promise<void> {
  await ip(engine.netns, [`addr add ${secondAddress(engine.address)}/24 dev ${engine.nic}`])
  await setSysctls(engine.netns, quietSysctls)
  for (const device of ['docker0', engine.nic]) await setSysctls(engine.netns, steadyNeighbors(device))
  // How often a sender is told of a shorter way depends on all that it has sent before.
  for (const device of ['all', 'default', 'docker0', engine.nic])
    await setSysctls(engine.netns, { [`net/ipv4/conf/${device}/send_redirects`]: '0' })
  const { world } = engine
  await routeToContainers(engine)
  // It finds the host even while the host answers no ARP, as with a blackhole route to it: what is outside is not on trial.
  const links = JSON.parse(await engine.nsenter(['ip', '-j', 'link', 'show', engine.nic])) as { address: string }[]
  const known = (device: string): string[] =>
    [engine.address, secondAddress(engine.address)].map(
      (address) => `neigh replace ${address} lladdr ${links[0]?.address ?? ''} nud permanent dev ${device}`,
    )
  await ip(world.clientNetns, known('eth0'))
  await ip(world.netns, known('lan0'))
}

/**
 * What every engine finds outside: a second router, and a neighbour that was told to reach containers by way of the host.
 * That one has an address of its own, so that the others do not answer packets that left without NAT.
 */
export async function prepareWorld(world: World): Promise<void> {
  await ip(world.netns, [`addr add ${secondRouter}/24 dev lan0`, 'route add blackhole default'])
  // What comes back by the second router goes on to where it belongs, and what is for nobody is lost without a word.
  const quiet = ['all', 'default', 'lan0'].map((device) => [`net/ipv4/conf/${device}/send_redirects`, '0'] as const)
  await setSysctls(world.netns, { 'net/ipv4/ip_forward': '1', ...Object.fromEntries(quiet) })
  await ip(world.clientNetns, [
    `addr add ${routingNeighbor}/24 dev eth0`,
    `rule add from ${routingNeighbor} lookup 100`,
  ])
}

/** Lets the neighbour route to the containers of that engine from now on. */
async function routeToContainers(engine: Engine): Promise<void> {
  const nets = ['172.16.0.0/12', '10.40.0.0/13', '192.168.128.0/18']
  await ip(
    engine.world.clientNetns,
    ['198.51.100.0/24 dev eth0 scope link', ...nets.map((net) => `${net} via ${engine.address} dev eth0`)].map(
      (route) => `route replace table 100 ${route}`,
    ),
  )
}

/** The inode that names a namespace everywhere. */
export const inodeOf = (path: string): string => String(statSync(path).ino)

/** Forgets the connections of earlier probes in a namespace. */
export async function forgetConnections(netns: string): Promise<void> {
  await finish(['nsenter', `--net=${netns}`, 'conntrack', '-F'])
}
