import { hasHadSix } from './has-had-six.ts'
import type { Scene, SceneMemory } from '../scene/scene.ts'
import { holdsNamespace } from './holds-namespace.ts'
import { attachmentKey, listAttachments } from './list-attachments.ts'
import { rememberDevices } from './name-devices.ts'
import type { Binding, Plan, PlannedContainer } from './plan.ts'

/** Returns what an engine remembers of a plan that it carried out: what was given to those that are there. */
export function remember(plan: Plan, nextSubnet: number): SceneMemory {
  const { scene: whole, networks, containers } = plan
  const own = networks.filter(({ device, isDefaultBridge }) => device !== null && !isDefaultBridge)
  const endpoints = containers.flatMap(({ scene, endpoints: all }) =>
    all.map((each) => ({ ...each, owner: scene.name })),
  )
  const published = containers.filter(({ bindings }) => bindings.length > 0)
  const { devices, nextDevices } = rememberDevices(whole.engine.generation, containers, whole.memory)
  const order = listAttachments(plan).map(attachmentKey)
  const wired = wiredBridges(plan)
  return {
    nextSubnet,
    ...(hasHadSix(plan) ? { forwardsSix: true } : {}),
    subnets: Object.fromEntries(own.map(({ name, ipv4, ipv6 }) => [name, present(ipv4?.prefix, ipv6?.prefix)])),
    addresses: Object.fromEntries(
      endpoints.map(({ owner, network, ipv4, ipv6 }) => [`${owner} ${network.name}`, present(ipv4, ipv6)]),
    ),
    ports: Object.fromEntries(published.map(({ scene, bindings }) => [scene.name, hostPortsOf(bindings)])),
    devices,
    ...(Object.keys(nextDevices).length === 0 ? {} : { nextDevices }),
    ...(order.length === 0 ? {} : { order }),
    ...(wired.length === 0 ? {} : { wired }),
    ...ofContainers(plan),
    ...ofNamespaces(plan),
  }
}

/** What is remembered by the names of containers, of those that are there still. */
function ofContainers({
  scene,
  containers,
}: Plan): Pick<SceneMemory, 'modes' | 'born' | 'tried' | 'gone' | 'hosts' | 'named' | 'inward'> {
  const { modes, born, tried, gone, hosts = {}, named = [], inward = [] } = scene.memory ?? {}
  const are = new Set(containers.map(({ scene: { name } }) => name))
  const run = new Set(containers.flatMap(({ running, scene: { name } }) => (running ? [name] : [])))
  const created = new Set(containers.flatMap(({ scene: one }) => (one.state === 'created' ? [one.name] : [])))
  const stillNamed = named.filter((name) => are.has(name))
  const stillInward = inward.filter((name) =>
    containers.some(({ running, gateway, scene: one }) => one.name === name && running && gateway === null),
  )
  return {
    ...withNames('modes', modes, are),
    ...withNames('born', born, are),
    ...withNames('tried', tried, created),
    ...withNames('gone', gone, are),
    ...(stillNamed.length === 0 ? {} : { named: stillNamed }),
    ...(stillInward.length === 0 ? {} : { inward: stillInward }),
    ...withNames('hosts', { ...hosts, ...longerHosts(scene, containers) }, run),
  }
}

/** A file of /etc/hosts that is not as its container's addresses are gets those that come. */
function longerHosts({ memory }: Scene, containers: readonly PlannedContainer[]): NonNullable<SceneMemory['hosts']> {
  const { hosts = {}, addresses = {} } = memory ?? {}
  return Object.fromEntries(
    containers.flatMap(({ scene: { name }, endpoints }) => {
      const before = hosts[name]
      if (before === undefined) return []
      const fresh = endpoints.filter(({ network }) => addresses[`${name} ${network.name}`] === undefined)
      return [[name, [...before, ...fresh.flatMap(({ ipv4, ipv6 }) => present(ipv4, ipv6))]]]
    }),
  )
}

/** Who shares a namespace stays in it while it runs, and a resolver that was started goes on. */
function ofNamespaces(plan: Plan): Pick<SceneMemory, 'inside' | 'resolvers'> {
  const { containers } = plan
  const resolvers = containers.flatMap(({ resolver, scene: { name } }) => (resolver ? [name] : []))
  const inside = containers.flatMap((container) => {
    if (container.mode !== 'shared' || !container.running) return []
    const holder = containers.find((one) => one.namespace === container.namespace && holdsNamespace(plan, one))
    return holder === undefined ? [] : [[container.scene.name, holder.scene.name] as const]
  })
  return {
    ...(resolvers.length === 0 ? {} : { resolvers }),
    ...(inside.length === 0 ? {} : { inside: Object.fromEntries(inside) }),
  }
}

function withNames<K extends string, T>(
  key: K,
  map: Readonly<Record<string, T>> | undefined,
  names: ReadonlySet<string>,
): { readonly [P in K]?: Readonly<Record<string, T>> } {
  const left = Object.entries(map ?? {}).filter(([name]) => names.has(name))
  return left.length === 0 ? {} : ({ [key]: Object.fromEntries(left) } as { [P in K]: Readonly<Record<string, T>> })
}

/** The networks that are there whose bridge has, or once had, a port. */
function wiredBridges({ networks, containers, scene }: Plan): readonly string[] {
  const now = new Set(containers.flatMap(({ endpoints }) => endpoints.map(({ network }) => network.name)))
  const before = new Set(scene.memory?.wired)
  return networks.flatMap(({ name, driver }) =>
    driver === 'bridge' && (now.has(name) || before.has(name)) ? [name] : [],
  )
}

function present(...texts: readonly (string | null | undefined)[]): readonly string[] {
  return texts.filter((text) => text !== null && text !== undefined)
}

/** One number for each `-p`, whatever the addresses. */
function hostPortsOf(bindings: readonly Binding[]): readonly number[] {
  const once = new Map(bindings.map(({ protocol, port, hostPort }) => [`${protocol} ${port} ${hostPort}`, hostPort]))
  return [...once.values()]
}
