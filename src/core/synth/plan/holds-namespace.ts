import { bornAs } from '../scene/container-id.ts'
import type { Plan, PlannedContainer } from './plan.ts'

/**
 * Tells whether a namespace goes by the name of a running container: the one that brought it, or the first of those that are
 * left in it when that one has stopped.
 */
export function holdsNamespace({ scene }: Pick<Plan, 'scene'>, container: PlannedContainer): boolean {
  return container.running && container.namespace === `container:${bornAs(scene, container.scene.name)}`
}
