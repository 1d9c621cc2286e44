import type { Plan, PlannedContainer } from '../plan/plan.ts'
import { bornAs } from './container-id.ts'
import { askedMode, endpointsOf, findContainer, isUp } from './find-in-scene.ts'
import type { Scene, SceneContainer, SceneMemory } from './scene.ts'
import { listJoined, markJoined } from './tried-networks.ts'

/** What an engine's memory is after an edit, where that does not follow from what is there by then. */

/** A container keeps the NetworkMode that it was made with, also when it has left the network that this tells of. */
export function rememberMode(scene: Scene, memory: SceneMemory, container: SceneContainer): SceneMemory {
  const { name } = container
  return memory.modes?.[name] === undefined
    ? { ...memory, modes: { ...memory.modes, [name]: askedMode(scene, container) } }
    : memory
}

/** The same, once the first of its networks is left. */
export function rememberLeft(scene: Scene, memory: SceneMemory, one: SceneContainer, left: string): SceneMemory {
  return endpointsOf(one)[0]?.network === left ? rememberMode(scene, memory, one) : memory
}

/** What is known of an attachment is lost with it, as are the names that a container has on the default bridge. */
export function forgetLeft(memory: SceneMemory, name: string, left: string): SceneMemory {
  return forgetNames(forgetTried(memory, name, left), name, left)
}

function forgetNames(memory: SceneMemory, name: string, left: string): SceneMemory {
  const { named } = memory
  return left !== 'bridge' || named === undefined ? memory : { ...memory, named: named.filter((one) => one !== name) }
}

/** Whether a container that never started has nothing but the name of a network: it takes any that has it by then. */
export function knowsByName({ memory }: Scene, { name }: SceneContainer, network: string): boolean {
  const known = memory?.tried?.[name]
  return known !== undefined && !listJoined(known).includes(network)
}

/** One that never started gets its names in a network when it is connected. */
export function rememberTried(memory: SceneMemory, name: string, network: string): SceneMemory {
  const known = memory.tried?.[name]
  return known === undefined ? memory : { ...memory, tried: { ...memory.tried, [name]: [...known, network] } }
}

function forgetTried(memory: SceneMemory, name: string, left: string): SceneMemory {
  const known = memory.tried?.[name]
  if (known === undefined) return memory
  const others = known.filter((one) => one !== left && one !== markJoined(left))
  return { ...memory, tried: { ...memory.tried, [name]: others } }
}

/** Containers refer to what is removed by its id: one that comes with the same name is another one. */
export function rememberGone(memory: SceneMemory, containers: readonly SceneContainer[], gone: string): SceneMemory {
  if (containers.length === 0) return memory
  const more = containers.map(({ name }) => [name, [...(memory.gone?.[name] ?? []), gone]] as const)
  return { ...memory, gone: { ...memory.gone, ...Object.fromEntries(more) } }
}

/**
 * Returns the memory when a container stops: those that run in its namespace are left there, without devices, and it goes by
 * the name of the first of them from then on. What rules the resolver had are there still.
 */
export function leaveNamespace(memory: SceneMemory, containers: readonly SceneContainer[], name: string): SceneMemory {
  const others = containers.filter((one) => one.name !== name && memory.inside?.[one.name] === name)
  const [first] = others
  if (first === undefined) return memory
  const inside = Object.fromEntries(others.map((one) => [one.name, first.name]))
  const { resolvers = [] } = memory
  return {
    ...memory,
    inside: { ...memory.inside, ...inside },
    ...(resolvers.includes(name) ? { resolvers: [...resolvers, first.name] } : {}),
  }
}

/**
 * Returns what 20.10 leaves in /etc/hosts of a container that is disconnected: all lines with its own host name go as soon as
 * somebody in that network has that name, and it has it itself as the short form of its id; the default bridge has no names
 * and lets the line stay (libnetwork/network.go getSvcRecords, etchosts.Delete).
 */
export function hostsAfterLeaving({ containers, scene }: Plan, name: string, left: string): readonly string[] {
  const container = containers.find((one) => one.scene.name === name)
  if (container === undefined) return []
  const lines = scene.memory?.hosts?.[name] ?? ownAddresses(container)
  const names = left === 'bridge' ? [] : containers.flatMap((one) => namesIn(one, left, one === container))
  return names.includes(container.hostname) ? [] : lines
}

/**
 * Adds a container of 20.10 whose ports are bound for an internal network: that has a gateway as others have, and is not looked
 * at again when the last network that leads outside is left (libnetwork/endpoint.go sbLeave; sbJoin does look).
 */
export function turnInward(memory: SceneMemory, { containers }: Plan, name: string, left: string): SceneMemory {
  const container = containers.find((one) => one.scene.name === name)
  const others = container?.endpoints.filter(({ network }) => network.name !== left) ?? []
  const isLast = container?.gateway?.network.name === left && others.every(({ network }) => network.internal)
  if (!isLast || others.length === 0 || container.bindings.length === 0) return memory
  return { ...memory, inward: [...(memory.inward ?? []), name] }
}

function namesIn({ scene, id, endpoints }: PlannedContainer, network: string, isOwn: boolean): readonly string[] {
  const endpoint = endpoints.find((one) => one.network.name === network)
  if (endpoint === undefined) return []
  return [...(isOwn ? [] : [scene.name]), id.slice(0, 12), ...(endpoint.asked.aliases ?? [])]
}

/** Returns the addresses of a container in the order in which /etc/hosts has them once it has started. */
export function ownAddresses({ endpoints }: PlannedContainer): readonly string[] {
  return endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((address) => address !== null))
}

/** Returns the memory after a container was given another name. */
export function renameInMemory(scene: Scene, memory: SceneMemory, name: string, to: string): SceneMemory {
  const birth = bornAs(scene, name)
  const { [name]: _old, ...born } = memory.born ?? {}
  const own = (key: string): string => (key === name ? to : key)
  const attached = (key: string): string => {
    const cut = key.indexOf(' ')
    return `${own(key.slice(0, cut))}${key.slice(cut)}`
  }
  const inside = Object.entries(memory.inside ?? {}).map(([one, other]) => [own(one), own(other)] as const)
  return {
    ...memory,
    addresses: withKeys(memory.addresses ?? {}, attached),
    devices: withKeys(memory.devices ?? {}, attached),
    ports: withKeys(memory.ports ?? {}, own),
    // Those of a prefix of its own have it behind the name.
    nextDevices: withKeys(memory.nextDevices ?? {}, (key) => (key.includes(' ') ? attached(key) : own(key))),
    modes: withKeys(memory.modes ?? {}, own),
    born: birth === to ? born : { ...born, [to]: birth },
    hosts: withKeys(memory.hosts ?? {}, own),
    order: (memory.order ?? []).map(attached),
    resolvers: (memory.resolvers ?? []).map(own),
    inward: (memory.inward ?? []).map(own),
    inside: Object.fromEntries(inside),
    gone: withKeys(memory.gone ?? {}, own),
    tried: withKeys(memory.tried ?? {}, own),
    named: nameOnBridge(scene, (memory.named ?? []).map(own), name, to),
  }
}

/** moby:daemon/rename.go gives the names of a user's network to every endpoint. */
function nameOnBridge(scene: Scene, named: readonly string[], name: string, to: string): readonly string[] {
  const container = findContainer(scene, name)
  const isThere = container !== undefined && endpointsOf(container).some(({ network }) => network === 'bridge')
  if (scene.engine.generation === 20 || !isThere || !isUp(container) || named.includes(to)) return named
  return [...named, to]
}

function withKeys<T>(map: Readonly<Record<string, T>>, key: (old: string) => string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).map(([old, value]) => [key(old), value]))
}
