import type { SceneContainer } from '../synth/scene/scene.ts'
import { findCatalogueImage } from './image-catalog.ts'

/** Tells whether a container ends as soon as it starts: a shell without a command, and without a terminal. */
export function endsAtOnce({ image, command, listens = [] }: SceneContainer): boolean {
  const hasCommand = command !== undefined && command.length > 0
  return !hasCommand && listens.length === 0 && findCatalogueImage(image ?? 'busybox')?.stays === false
}
