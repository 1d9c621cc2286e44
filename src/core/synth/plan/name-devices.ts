import type { Generation, Scene } from '../scene/scene.ts'
import { OPTION } from './option-names.ts'
import type { PlannedContainer, PlannedNetwork } from './plan.ts'

/** What becomes of a container's devices while it runs. */
export interface DeviceMemory {
  readonly devices: Readonly<Record<string, number>>
  readonly nextDevices: Readonly<Record<string, number>>
}

/** Returns how the names of a network's devices begin inside containers. */
export function devicePrefix({ driver, options }: Pick<PlannedNetwork, 'driver' | 'options'>): string {
  return (driver === 'bridge' ? options[OPTION.prefix] : undefined) || 'eth'
}

/**
 * Returns the numbers of a running container's devices (`eth0` ...), in the order of its networks. What is there keeps its
 * number; what comes gets the lowest free one of its prefix, in 20.10 one that never was
 * (moby:libnetwork/osl/interface_linux.go generateIfaceName, 20.10: nextIfIndex).
 */
export function numberDevices(
  { engine, memory }: Scene,
  container: string,
  networks: readonly { readonly name: string; readonly prefix: string }[],
): readonly number[] {
  const kept = networks.map(({ name, prefix }) => ({ prefix, number: memory?.devices?.[`${container} ${name}`] }))
  const used = new Set(kept.map(({ prefix, number }) => `${prefix} ${number}`))
  const next = new Map<string, number>()
  return kept.map(({ prefix, number }) => {
    if (number !== undefined) return number
    const after = next.get(prefix) ?? memory?.nextDevices?.[nextKey(container, prefix)] ?? 0
    let free = engine.generation === 20 ? after : 0
    while (used.has(`${prefix} ${free}`)) free += 1
    used.add(`${prefix} ${free}`)
    next.set(prefix, free + 1)
    return free
  })
}

function nextKey(container: string, prefix: string): string {
  return prefix === 'eth' ? container : `${container} ${prefix}`
}

/** Returns the numbers that were given, and in 20.10 those that come next. Who stops forgets all of it. */
export function rememberDevices(
  generation: Generation,
  containers: readonly PlannedContainer[],
  before: Scene['memory'],
): DeviceMemory {
  const running = containers.filter(({ running: isUp, mode }) => isUp && (mode === 'own' || mode === 'none'))
  const given = running.flatMap(({ scene: { name }, endpoints }) =>
    endpoints.map(({ network, device }) => {
      const prefix = devicePrefix(network)
      const number = Number(device.slice(prefix.length))
      return { attached: `${name} ${network.name}`, next: nextKey(name, prefix), number }
    }),
  )
  const names = running.map(({ scene }) => scene.name)
  const isTheirs = (key: string): boolean => names.some((name) => key === name || key.startsWith(`${name} `))
  const next = new Map(Object.entries(before?.nextDevices ?? {}).filter(([key]) => isTheirs(key)))
  for (const each of given) next.set(each.next, Math.max(next.get(each.next) ?? 0, each.number + 1))
  return {
    devices: Object.fromEntries(given.map(({ attached, number }) => [attached, number])),
    nextDevices: generation === 20 ? Object.fromEntries(next) : {},
  }
}
