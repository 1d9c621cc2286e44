import { PREDEFINED } from './check-references.ts'
import type { Scene, SceneContainer, SceneEndpoint } from './scene.ts'

export function findContainer(scene: Scene, name: string): SceneContainer | undefined {
  return scene.containers.find((container) => container.name === name)
}

export function hasNetwork({ networks }: Scene, name: string): boolean {
  return (PREDEFINED as readonly string[]).includes(name) || networks.some((network) => network.name === name)
}

/** Tells whether a container runs; a paused one does. */
export function isUp({ state }: SceneContainer): boolean {
  return state === undefined || state === 'running' || state === 'paused'
}

/** Without any, a container is on the default bridge; one with a network mode has none of its own. */
export function endpointsOf({ networks, networkMode }: SceneContainer): readonly SceneEndpoint[] {
  if (networkMode !== undefined) return []
  return networks === undefined || networks.length === 0 ? [{ network: 'bridge' }] : networks
}
