import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { busyboxImage, type Engine, makeObject } from '../lab/index.ts'
import { startDaemon, waitForDaemon } from '../lab/daemon.ts'
import { finish } from '../lab/run-command.ts'
import { listens, setSysctls } from '../lab/world.ts'
import type { ContainerPlan, NetworkPlan, TopologyPlan } from './plan.ts'
import { hostAddress6, outside6 } from './outside.ts'
import { readFacts } from './read-facts.ts'
import { quietDevice, quietSysctls, steadyNeighbors } from './steady.ts'

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
  const subnets = ['--subnet', plan.subnet, ...(plan.subnet6 === null ? [] : ['--ipv6', '--subnet', plan.subnet6])]
  await makeObject(engine, ['network', 'create', ...subnets, ...flags, plan.name])
  await setSysctls(engine.netns, steadyNeighbors(plan.name))
}

const fillNic = (engine: Engine, text: string): string =>
  text.replace('{nic}', engine.address).replace('{6:nic}', hostAddress6(engine.address))

async function runContainer(engine: Engine, plan: ContainerPlan): Promise<void> {
  const [first, ...more] = plan.networks
  const network = plan.mode === 'networks' ? (first ?? 'bridge') : plan.mode
  const publish = plan.publish.flatMap(({ hostAddress, hostPort, containerPort, protocol }) => {
    const address = hostAddress === null ? '' : `${fillNic(engine, hostAddress)}:`
    return ['-p', `${address}${hostPort}:${containerPort}/${protocol}`]
  })
  const words = ['run', '-d', '--name', plan.name, '--network', network]
  await makeObject(engine, [...words, ...publish, busyboxImage, 'sleep', '1000000'])
  for (const other of more) await makeObject(engine, ['network', 'connect', other, plan.name])
}

/** Listeners are processes of this machine that join the container's network and pid namespaces, and end with it. */
async function listen(engine: Engine, plan: ContainerPlan, netns: string): Promise<void> {
  if (plan.mode !== 'none') await setSysctls(netns, quietSysctls)
  for (const index of plan.networks.keys()) await setSysctls(netns, quietDevice(`eth${index}`))
  await serveIn(engine, { label: plan.name, netns, tcp: plan.tcp, udp: plan.udp, ipv6: true })
}

interface Serving {
  readonly label: string
  readonly netns: string
  readonly tcp: readonly number[]
  readonly udp: readonly number[]
  /** On all addresses of IPv6, too. */
  readonly ipv6?: boolean
}

/** Starts the lab's servers in a namespace, on all addresses; they end with the pid namespace they are put in. */
export async function serveIn(engine: Engine, { label, netns, tcp, udp, ipv6 = false }: Serving): Promise<void> {
  if (tcp.length + udp.length === 0) return
  const pidns = netns === engine.netns ? `/proc/${engine.pid}/ns/pid` : netns.replace(/net$/, 'pid')
  const log = join(engine.world.directory, engine.name, `serve-${label}.log`)
  const argv = [
    'nsenter',
    `--net=${netns}`,
    `--pid=${pidns}`,
    '--',
    'python3',
    serveScript,
    tcp.join(),
    udp.join(),
    ipv6 ? '6' : '4',
  ]
  const daemon = startDaemon(engine.world.ledger, argv, log)
  for (const [protocol, some] of [
    ['tcp', tcp],
    ['udp', udp],
  ] as const)
    for (const port of some)
      await waitForDaemon(daemon, () => listens(netns, `:${port}`, protocol), `serve.py in ${label}`)
}

function neighborsOf(plan: TopologyPlan, facts: ReadonlyMap<string, string>): Record<string, string[]> {
  const attached = plan.containers.filter(({ networks }) => networks.length > 0)
  const place = (key: string): string[] => [facts.get(key), facts.get(`6:${key}`)].filter((one) => one !== undefined)
  const neighbors: Record<string, string[]> = {
    host: [
      ...attached.flatMap(({ name, networks }) => networks.flatMap((network) => place(`${name}@${network}`))),
      '198.51.100.1',
      '198.51.100.200',
      ...outside6.answering.filter((address) => address !== outside6.webServer),
    ],
  }
  for (const { name, networks } of attached)
    neighbors[name] = networks.flatMap((network) => [
      ...place(`gw@${network}`),
      ...attached
        .filter((peer) => peer.name !== name && peer.networks.includes(network))
        .flatMap((peer) => place(`${peer.name}@${network}`)),
    ])
  return neighbors
}

async function removeTopology(engine: Engine, plan: TopologyPlan): Promise<void> {
  await engine.docker(['rm', '-f', ...plan.containers.map(({ name }) => name)], { timeoutMs: 120_000 })
  for (const { name } of plan.networks) await engine.docker(['network', 'rm', name])
}

/** The inode that names a namespace everywhere. */
export const inodeOf = (path: string): string => String(statSync(path).ino)

/** Forgets the connections of earlier probes in a namespace. */
export async function forgetConnections(netns: string): Promise<void> {
  await finish(['nsenter', `--net=${netns}`, 'conntrack', '-F'])
}
