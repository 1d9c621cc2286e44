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

/**
 * Returns the NetworkMode that a container is made with: what `--network` says; without it `default` on 20.10, since 26 the
 * network that this stands for (moby:daemon/create.go, runconfig.DefaultDaemonNetworkMode).
 */
export function askedMode({ engine }: Scene, { networks, networkMode }: SceneContainer): string {
  return networkMode ?? askedNetwork(networks?.[0]) ?? (engine.generation === 20 ? 'default' : 'bridge')
}

/**
 * Returns what `--network` says for the first network of a container, undefined where it is left out: the command line of 20.10
 * refuses links to containers of the default bridge beside it.
 */
export function askedNetwork(first: SceneEndpoint | undefined): string | undefined {
  return first?.network === 'bridge' && (first.links ?? []).length > 0 ? undefined : first?.network
}
