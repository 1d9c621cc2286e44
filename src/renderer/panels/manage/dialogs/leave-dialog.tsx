import type { ReactNode } from 'react'
import { useAppStore } from '../../../store/hooks.ts'
import type { LeaveFor } from '../../../store/manage-data.ts'
import { ActionDialog } from './action-dialog.tsx'

const NOTHING: readonly never[] = []

/** Asks before a sandbox in which something was done is forgotten. */
export function LeaveDialog({ next }: { readonly next: LeaveFor }): ReactNode {
  const store = useAppStore()
  const save = () => void store.getState().saveScene()
  return (
    <ActionDialog
      title={next.kind === 'host' ? 'Leave the sandbox?' : `Open ${next.name} instead?`}
      verb={next.kind === 'host' ? 'Leave it' : 'Open it'}
      grave
      problems={NOTHING}
      fields={NOTHING}
      tried={null}
      aside={null}
      onSubmit={() => void store.getState().confirmLeave()}
    >
      <p>
        This sandbox and what was changed in it is forgotten, and that cannot be undone. As a file it can be opened
        again.
      </p>
      <button type="button" className="quiet" onClick={save}>
        Save the scene
      </button>
    </ActionDialog>
  )
}
