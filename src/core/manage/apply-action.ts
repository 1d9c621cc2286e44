import {
  addNetwork,
  connectContainer,
  disconnectContainer,
  pruneNetworks,
  removeContainer,
  removeNetwork,
  renameContainer,
} from '../synth/scene/edit-scene.ts'
import { runContainer } from '../synth/scene/run-container.ts'
import type { EditedScene } from '../synth/scene/settle-scene.ts'
import type { Scene, SceneContainer } from '../synth/scene/scene.ts'
import type { ContainerSpec, ManageAction } from './action.ts'
import { applyVerb } from './apply-verb.ts'
import { endsAtOnce } from './ends-at-once.ts'
import { findCatalogueImage, withTag } from './image-catalog.ts'
import { listensOf } from './read-run.ts'
import { findLinkRefusal } from './refuse-links.ts'

/**
 * Returns the scene after an action as Docker would do it, or why it would refuse, in its own words. Images cannot be
 * changed: a scene has none of its own. `images` tells whether only those of the catalogue are there, or any.
 */
export function applyAction(
  scene: Scene,
  action: ManageAction,
  images: 'catalogue' | 'any' = 'catalogue',
): EditedScene {
  switch (action.kind) {
    case 'create-network':
      return addNetwork(scene, action.network)
    case 'remove-network':
      return removeNetwork(scene, action.name)
    case 'prune-networks':
      return pruneNetworks(scene)
    case 'connect':
      return connectContainer(scene, action.container, action.endpoint)
    case 'disconnect':
      return disconnectContainer(scene, action.container, action.network)
    case 'run-container':
      return run(scene, action.container, images)
    case 'container-verb':
      return applyVerb(scene, action.verb, action.name, images)
    case 'rename-container':
      return renameContainer(scene, action.name, action.to)
    case 'remove-container':
      return removeContainer(scene, action.name)
    case 'import-image':
    case 'remove-image':
      return { ok: false, message: 'a sandbox has its images once and for all' }
    default:
      return action satisfies never
  }
}

function run(scene: Scene, spec: ContainerSpec, images: 'catalogue' | 'any'): EditedScene {
  // Whatever a container of the scene was made of is there, too.
  const known =
    images === 'any' ||
    findCatalogueImage(spec.image) !== null ||
    scene.containers.some(({ image }) => image !== undefined && withTag(image) === withTag(spec.image))
  const refused = known ? findLinkRefusal(scene, spec) : `No such image: ${withTag(spec.image)}`
  return refused === null ? runContainer(scene, containerOf(scene, spec)) : { ok: false, message: refused }
}

/** What the image does is part of what runs. A program that ends at once leaves a container that does not run. */
function containerOf(scene: Scene, spec: ContainerSpec): SceneContainer {
  const image = findCatalogueImage(spec.image)
  const like = scene.containers.find((one) => one.image !== undefined && withTag(one.image) === withTag(spec.image))
  const { command = [] } = spec
  // What an image exposes is no conflict with another container's network; what the user exposes is one.
  const ofImage = spec.networkMode?.startsWith('container:') ? [] : (image?.exposes ?? like?.exposes ?? [])
  const exposes = [...new Set([...ofImage, ...(spec.exposes ?? [])])]
  const byDefault = command.length > 0 ? listensOf(command) : (image?.listens ?? like?.listens ?? [])
  const listens = spec.listens ?? byDefault
  return {
    ...spec,
    ...(exposes.length === 0 ? {} : { exposes }),
    ...(listens.length === 0 ? {} : { listens }),
    ...(endsAtOnce(spec) ? { state: 'exited' as const } : {}),
  }
}
