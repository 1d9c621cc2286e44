import { serveIn } from '../../conformance/build-topology.ts'
import { busyboxImage, type Engine, makeObject } from '../../lab/index.ts'
import { setSysctls } from '../../lab/world.ts'
import { once } from './prepare-lab.ts'
import type { ContainerSetup, NetworkSetup, Setup } from './plan.ts'

/** Creates networks and containers and starts what listens; gives the paths of the containers' namespaces. */
export async function buildScene(engine: Engine, setup: Setup): Promise<Readonly<Record<string, string>>> {
  for (const args of setup.first ?? []) await makeObject(engine, args)
  for (const network of setup.networks) await createNetwork(engine, network)
  const free = setup.containers.filter(({ args }) => !args.some((arg) => arg.startsWith('container:')))
  await inPairs(free, (container) => runContainer(engine, container))
  for (const container of setup.containers.filter((one) => !free.includes(one))) await runContainer(engine, container)
  for (const args of setup.last ?? []) await makeObject(engine, args)
  const paths: Record<string, string> = {}
  for (const { name } of setup.containers) paths[name] = await engine.containerNetns(name)
  await Promise.all(setup.containers.map((container) => listen(engine, container, paths[container.name] ?? '')))
  return paths
}

async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let index = 0; index < items.length; index += 2) await Promise.all(items.slice(index, index + 2).map(work))
}

async function createNetwork(engine: Engine, { name, bridge, args }: NetworkSetup): Promise<void> {
  const device = bridge === undefined ? [] : ['-o', `com.docker.network.bridge.name=${bridge}`]
  await makeObject(engine, ['network', 'create', ...device, ...args, name])
}

async function runContainer(engine: Engine, { name, args, connect = [] }: ContainerSetup): Promise<void> {
  await makeObject(engine, ['run', '-d', '--name', name, ...args, busyboxImage, 'sleep', '1000000'])
  for (const more of connect) await makeObject(engine, ['network', 'connect', ...more, name])
}

async function listen(
  engine: Engine,
  { name, args, tcp = [], udp = [] }: ContainerSetup,
  netns: string,
): Promise<void> {
  // A real host shows every ICMP error until its limit; here each probe gets its own.
  if (!args.includes('host')) await setSysctls(netns, { 'net/ipv4/icmp_ratelimit': '0', ...once })
  await serveIn(engine, { label: name, netns, tcp, udp })
}

interface Inspected {
  readonly Name: string
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string; readonly Gateway: string }>>
  }
}

/** Who can ask whom directly, by name of the namespace. */
export async function readAddresses(
  engine: Engine,
  names: readonly string[],
): Promise<{ readonly neighbors: Readonly<Record<string, readonly string[]>> }> {
  const all = names.length === 0 ? [] : (JSON.parse(await engine.docker(['inspect', ...names])) as Inspected[])
  const ends = all.flatMap(({ Name, NetworkSettings }) =>
    Object.entries(NetworkSettings.Networks)
      .filter(([, end]) => end.IPAddress !== '')
      .map(([network, end]) => ({ name: Name.slice(1), network, address: end.IPAddress, gateway: end.Gateway })),
  )
  const neighbors: Record<string, string[]> = {
    host: [...ends.map(({ address }) => address), '198.51.100.1', '198.51.100.200', '198.51.100.201'],
  }
  for (const { name, network, gateway } of ends)
    neighbors[name] = [
      ...(neighbors[name] ?? []),
      ...(gateway === '' ? [] : [gateway]),
      ...ends.filter((peer) => peer.network === network && peer.name !== name).map(({ address }) => address),
    ]
  return { neighbors }
}
