import { planScene } from '../plan/plan-scene.ts'
import type { Scene, SceneMemory } from './scene.ts'

/**
 * The scene after an edit, or why Docker would refuse it, in its own words. `left` is what a refusal changes all the same: a
 * container that was created and could not be started, one that was stopped and could not be started again.
 */
export type EditedScene =
  | { readonly ok: true; readonly scene: Scene }
  | { readonly ok: false; readonly message: string; readonly left?: Scene }

/** Returns the scene with all that Docker decided written down; refuses it where Docker would. */
export function settle(scene: Scene): EditedScene {
  const { memory, refusals } = planScene(scene)
  const [refusal] = refusals
  return refusal === undefined ? { ok: true, scene: { ...scene, memory } } : refuse(refusal.message)
}

/** What was given before the edit is kept, also where the scene was written by hand and has no memory yet. */
export function remembered(scene: Scene): Scene & { readonly memory: SceneMemory } {
  return { ...scene, memory: planScene(scene).memory }
}

export function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}
