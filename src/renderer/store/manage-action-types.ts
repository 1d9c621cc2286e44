import type { StoreApi } from 'zustand/vanilla'
import type { ManageAction } from '../../core/manage/action.ts'
import type { Client } from '../../protocol/connect.ts'
import type { DoneState, LeaveFor, ManageData, ObjectRef } from './manage-data.ts'
import type { Draft } from './manage-drafts.ts'
import type { AppState } from './store.ts'

export interface ManageActions extends DialogActions, PerformActions, SceneActions {
  /** Takes a connected client: reads what can be managed, follows its changes until it closes. */
  followManage(client: Client): void
  /** Selects an object: in the picture, where it has a place there, and in the inspector. */
  selectObject(object: ObjectRef | null): void
  /** Reads an object anew. What was read of another is forgotten. */
  inspect(object: ObjectRef): Promise<void>
  /** The host has other networks or containers than before: what was planned and selected is looked at again. */
  followHost(): void
  /** Done with being told of that; of what was done since is still told. */
  dismissDone(done: DoneState): void
  dismissManageProblem(): void
}

export interface DialogActions {
  /** Opens a dialog with fields. What was typed in it before is there again, unless `preset` says otherwise. */
  openForm<K extends Draft['kind']>(kind: K, preset?: Partial<Extract<Draft, { readonly kind: K }>>): void
  setDraft(draft: Draft): void
  /** Does what the form says; what stands in the way ends at its field. */
  submitForm(): Promise<void>
  /** Closes the dialog; what was typed is kept. A change that is under way is cancelled instead. */
  closeDialog(): void
}

export interface PerformActions {
  /** Asks first where something is lost by it, else does it. */
  requestAction(action: ManageAction): Promise<void>
  /** Does what the open question is about. */
  confirmAction(): Promise<void>
  cancelAction(): void
  undoAction(): Promise<void>
  redoAction(): Promise<void>
}

export interface SceneActions {
  /** Shows a scene that comes with Hopwire; asks first where a changed sandbox would be lost. */
  openSandbox(scene: string): Promise<void>
  leaveSandbox(): Promise<void>
  /** Does what was asked before the sandbox is left. */
  confirmLeave(): Promise<void>
  openSceneFile(file: File): Promise<void>
  saveScene(): Promise<void>
}

export type AppSet = StoreApi<AppState>['setState']
export type AppGet = StoreApi<AppState>['getState']
export type ChangeManage = (part: Partial<ManageData>) => void

/** What the parts of this slice share. */
export interface ManageDesk {
  readonly set: AppSet
  readonly get: AppGet
  readonly change: ChangeManage
  /** The one client of the moment; null before the first. */
  client: Client | null
}

export type { LeaveFor }
