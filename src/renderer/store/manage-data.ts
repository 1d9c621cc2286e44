import type { ManageAction } from '../../core/manage/action.ts'
import type { ImageInfo, Inspected, ManagerInfo, ObjectKind } from '../../core/manage/inventory.ts'
import type { ActionDone, ActionPlan, FieldProblem } from '../../core/manage/plan.ts'
import type { SceneSummary } from '../../protocol/manage-methods.ts'
import type { Draft, DraftKind } from './manage-drafts.ts'

/** One thing that can be managed, by the name that Docker shows; an image by a tag or its id. */
export interface ObjectRef {
  readonly kind: ObjectKind
  readonly name: string
}

/** What the sandbox is left for: the host that was there before, another scene, or one from a file. */
export type LeaveFor = { readonly kind: 'host' } | { readonly kind: 'scene'; readonly name: string }

/** The dialog that is open. */
export type ManageDialog =
  | FormDialog
  | { readonly kind: 'confirm'; readonly action: ManageAction; readonly errors: readonly FieldProblem[] }
  | { readonly kind: 'leave'; readonly next: LeaveFor }

/** A dialog with fields. */
export interface FormDialog {
  readonly kind: 'form'
  readonly draft: Draft
  /** What the fields themselves show to be wrong. */
  readonly problems: readonly FieldProblem[]
  /** What has to be filled in; null until it was tried without. */
  readonly missing: readonly FieldProblem[] | null
  /** What the backend said when it was tried last. */
  readonly errors: readonly FieldProblem[]
}

/** What the open dialog's action would do. `looking` and `reaching`: that, and who could reach whom, is on its way. */
export interface PlanState {
  readonly plan: ActionPlan | null
  /** What is known of the fields that are filled in where the rest is not: then there is no plan. */
  readonly early: readonly FieldProblem[]
  readonly looking: boolean
  readonly reaching: boolean
  /** Why it could not be told; one or two sentences. */
  readonly problem: string | null
}

/** A change that is under way. */
export interface Doing {
  readonly label: string
  readonly text: string
  readonly fraction: number | null
  /** Whether it can be cancelled. */
  readonly stoppable: boolean
}

/** An object as it was inspected last, or why it could not be. */
export interface Inspection {
  readonly of: ObjectRef
  readonly inspected: Inspected | null
  readonly problem: string | null
}

/** What was done. What was taken back can be done again rather than taken back. */
export interface DoneState extends ActionDone {
  readonly undone?: boolean
}

/** Everything that is known of changing the host. */
export interface ManageData {
  /** Null where the host cannot be changed; undefined until that is known. */
  readonly info: ManagerInfo | null | undefined
  /** Null until they are known, and where they could not be listed: then `imagesProblem` says why. */
  readonly images: readonly ImageInfo[] | null
  readonly imagesProblem: string | null
  readonly scenes: readonly SceneSummary[]
  readonly object: ObjectRef | null
  readonly inspection: Inspection | null
  readonly dialog: ManageDialog | null
  /** What was typed in dialogs that were closed without being done. */
  readonly kept: { readonly [K in DraftKind]?: Draft }
  readonly plan: PlanState
  readonly doing: Doing | null
  /** What was done last, until it was seen. */
  readonly done: DoneState | null
  readonly problem: string | null
}

export const NO_PLAN: PlanState = { plan: null, early: [], looking: false, reaching: false, problem: null }

export const INITIAL_MANAGE: ManageData = {
  info: undefined,
  images: null,
  imagesProblem: null,
  scenes: [],
  object: null,
  inspection: null,
  dialog: null,
  kept: {},
  plan: NO_PLAN,
  doing: null,
  done: null,
  problem: null,
}

/** Tells whether two references mean the same object. */
export function isSameObject(left: ObjectRef | null, right: ObjectRef | null): boolean {
  return left?.kind === right?.kind && left?.name === right?.name
}
