import type { Generation, Scene } from '../scene/scene.ts'
import type { PlannedContainer } from './plan.ts'

/** What becomes of a container's devices while it runs. */
export interface DeviceMemory {
  readonly devices: Readonly<Record<string, number>>
  readonly nextDevices: Readonly<Record<string, number>>
}

/**
 * Returns the numbers of a running container's devices (`eth0` ...), in the order of its networks. What is there keeps its
 * number; what comes gets the lowest free one, in 20.10 one that never was (moby:libnetwork/osl/interface_linux.go
 * generateIfaceName, 20.10: nextIfIndex).
 */
export function numberDevices(
  { engine, memory }: Scene,
  container: string,
  networks: readonly string[],
): readonly number[] {
  const kept = networks.map((network) => memory?.devices?.[`${container} ${network}`])
  const used = new Set(kept)
  let next = memory?.nextDevices?.[container] ?? 0
  return kept.map((number) => {
    if (number !== undefined) return number
    let free = engine.generation === 20 ? next : 0
    while (used.has(free)) free += 1
    used.add(free)
    next = free + 1
    return free
  })
}

/** Returns the numbers that were given, and in 20.10 those that come next. Who stops forgets all of it. */
export function rememberDevices(
  generation: Generation,
  containers: readonly PlannedContainer[],
  before: Scene['memory'],
): DeviceMemory {
  const running = containers.filter(({ running: isUp, mode }) => isUp && (mode === 'own' || mode === 'none'))
  const numbers = running.map(({ scene, endpoints }) => ({
    name: scene.name,
    given: endpoints.map(({ network, device }) => [`${scene.name} ${network.name}`, numberOf(device)] as const),
  }))
  const next = numbers.map(({ name, given }) => {
    const known = before?.nextDevices?.[name] ?? 0
    return [name, Math.max(known, ...given.map(([, number]) => number + 1))] as const
  })
  return {
    devices: Object.fromEntries(numbers.flatMap(({ given }) => given)),
    nextDevices: generation === 20 ? Object.fromEntries(next.filter(([, number]) => number > 0)) : {},
  }
}

function numberOf(device: string): number {
  return Number(device.replace(/^eth/, ''))
}
