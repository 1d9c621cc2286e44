import type { ManageAction } from '../../../core/manage/action.ts'

/** Returns the field of an action that the engine's words are about, or null where they are about all of it. */
export function fieldOf(_action: ManageAction, _message: string): string | null {
  return null
}
