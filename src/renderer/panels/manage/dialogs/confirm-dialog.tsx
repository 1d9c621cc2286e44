import type { ReactNode } from 'react'
import type { ManageAction } from '../../../../core/manage/action.ts'
import { useApp, useAppStore } from '../../../store/hooks.ts'
import type { ManageDialog } from '../../../store/manage-data.ts'
import { ActionDialog } from './action-dialog.tsx'
import { PlanAside } from './plan-aside.tsx'

type Confirm = Extract<ManageDialog, { readonly kind: 'confirm' }>

const NO_FIELDS: readonly string[] = []

/** Asks before something is removed or cut off: what is lost by it, who reaches whom no longer, and whether it can be undone. */
export function ConfirmDialog({ dialog }: { readonly dialog: Confirm }): ReactNode {
  const store = useAppStore()
  const plan = useApp(({ manage }) => manage.plan.plan)
  const { title, verb } = questionOf(dialog.action)
  return (
    <ActionDialog
      title={title}
      verb={verb}
      grave
      problems={[...dialog.errors, ...(plan?.problems ?? [])]}
      fields={NO_FIELDS}
      tried={null}
      aside={null}
      onSubmit={() => void store.getState().confirmAction()}
    >
      <PlanAside waiting="" />
    </ActionDialog>
  )
}

interface Question {
  readonly title: string
  readonly verb: string
}

function questionOf(action: ManageAction): Question {
  switch (action.kind) {
    case 'remove-network':
      return { title: `Remove network ${action.name}?`, verb: 'Remove' }
    case 'prune-networks':
      return { title: 'Remove all networks without containers?', verb: 'Remove them' }
    case 'disconnect':
      return { title: `Disconnect ${action.container} from ${action.network}?`, verb: 'Disconnect' }
    case 'container-verb':
      return { title: `Stop ${action.name}?`, verb: 'Stop' }
    case 'remove-container':
      return { title: `Remove container ${action.name}?`, verb: 'Remove' }
    case 'remove-image':
      return { title: `Remove image ${action.image}?`, verb: 'Remove' }
    default:
      return { title: 'Do it?', verb: 'Do it' }
  }
}
