import type { SceneContainer, SceneEndpoint, SceneNetwork } from '../synth/scene/scene.ts'

/** What `docker network create` is told: the same shape as a network of a scene. */
export type NetworkSpec = SceneNetwork

/** What `docker run -d` is told: as a container of a scene, with what only a real engine makes use of. */
export interface ContainerSpec extends Omit<SceneContainer, 'state' | 'listens'> {
  readonly image: string
  /** What the sandbox lets listen inside, since it runs no program: `80/tcp`. A real engine does not look at it. */
  readonly listens?: readonly string[]
}

/** What can be done to a container that exists, with nothing else to say. */
export type ContainerVerb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause'

/**
 * One change of the host, as the user means it. Names are those that Docker shows; `pruneNetworks` removes the networks that no
 * container has. Removing a container takes it down first (`docker rm -f`), with its anonymous volumes left alone.
 */
export type ManageAction =
  | { readonly kind: 'create-network'; readonly network: NetworkSpec }
  | { readonly kind: 'remove-network'; readonly name: string }
  | { readonly kind: 'prune-networks' }
  | { readonly kind: 'connect'; readonly container: string; readonly endpoint: SceneEndpoint }
  | { readonly kind: 'disconnect'; readonly container: string; readonly network: string }
  | { readonly kind: 'run-container'; readonly container: ContainerSpec }
  | { readonly kind: 'container-verb'; readonly verb: ContainerVerb; readonly name: string }
  | { readonly kind: 'rename-container'; readonly name: string; readonly to: string }
  | { readonly kind: 'remove-container'; readonly name: string }
  /** An archive as `docker save` writes it. `upload` is what the protocol's `upload` gave; `file` is its name, for the command. */
  | { readonly kind: 'import-image'; readonly upload: string; readonly file: string }
  | { readonly kind: 'remove-image'; readonly image: string }

export type ActionKind = ManageAction['kind']
