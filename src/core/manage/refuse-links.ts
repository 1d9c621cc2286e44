import { containerId } from '../synth/scene/container-id.ts'
import type { Scene, SceneContainer } from '../synth/scene/scene.ts'
import type { ContainerSpec } from './action.ts'

/**
 * Returns why Docker would refuse the links of a container that is to be run, in its own words; null where it would not. Only
 * those of the default bridge are looked at by it: elsewhere a link is a name that its DNS may know one day. What is linked
 * to by its id is not looked up here. Follows moby:daemon/links.go and daemon/container_operations.go, 20.10 and 28.
 */
export function findLinkRefusal(scene: Scene, { name, networkMode, networks = [] }: ContainerSpec): string | null {
  const [first] = networks
  if (networkMode !== undefined || (first !== undefined && first.network !== 'bridge')) return null
  for (const link of first?.links ?? []) {
    const [target = '', alias = target] = link.split(':')
    if (/^[0-9a-f]{12,64}$/.test(target)) continue
    const linked = scene.containers.find((one) => one.name === target)
    if (linked === undefined) return `could not get container for ${target}: No such container: ${target}`
    if (!isRunning(linked)) return `Cannot link to a non running container: /${target} AS /${name}/${alias}`
    if (!isOnBridge(linked))
      return scene.engine.generation === 20
        ? `Cannot link to /${target}, as it does not belong to the default network`
        : `container ${containerId(scene, target)} not attached to default bridge network`
  }
  return null
}

function isRunning({ state = 'running' }: SceneContainer): boolean {
  return state === 'running' || state === 'paused'
}

function isOnBridge({ networkMode, networks }: SceneContainer): boolean {
  if (networkMode !== undefined) return false
  return networks === undefined || networks.some(({ network }) => network === 'bridge')
}
