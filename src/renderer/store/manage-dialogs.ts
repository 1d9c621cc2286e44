import type { DialogActions, ManageDesk } from './manage-action-types.ts'
import { buildAction } from './manage-build-action.ts'
import type { FormDialog } from './manage-data.ts'
import { type Draft, emptyDraft } from './manage-drafts.ts'
import type { Performer } from './manage-perform.ts'
import type { Planner } from './manage-plan.ts'

/** Returns the actions of the dialogs with fields. */
export function createDialogActions(desk: ManageDesk, planner: Planner, performer: Performer): DialogActions {
  const { get, change } = desk
  const show = (draft: Draft, rest?: number) => {
    const built = buildAction(draft)
    const open: FormDialog = { kind: 'form', draft, problems: built.problems, missing: null, errors: [] }
    change({ dialog: open })
    planner.planForm(built, rest)
  }
  return {
    openForm: (kind, preset = {}) => {
      if (get().manage.doing !== null) return
      const kept = get().manage.kept[kind] ?? emptyDraft(kind)
      change({ problem: null })
      show({ ...kept, ...preset }, 0)
    },
    setDraft: (draft) => {
      if (get().manage.dialog?.kind === 'form') show(draft)
    },
    submitForm: async () => {
      const { dialog, plan } = get().manage
      if (dialog?.kind !== 'form' || get().manage.doing !== null) return
      const { action, problems, missing } = buildAction(dialog.draft)
      if (action === null) return change({ dialog: { ...dialog, problems, missing, errors: [] } })
      // What the plan says stands at its field already.
      const known = !plan.looking && plan.plan?.problems.some(({ severity }) => severity === 'error') === true
      if (known) return change({ dialog: { ...dialog, missing: [] } })
      await performer.submit(dialog.draft, action)
    },
    closeDialog: () => {
      const { dialog, doing, kept } = get().manage
      if (doing !== null) return performer.cancel()
      if (dialog === null) return
      planner.plan(null)
      change({
        dialog: null,
        ...(dialog.kind === 'form' ? { kept: { ...kept, [dialog.draft.kind]: dialog.draft } } : {}),
      })
    },
  }
}
