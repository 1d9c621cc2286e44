import { type ReactNode, useEffect } from 'react'
import { useApp, useAppStore } from '../../../store/hooks.ts'
import { describeObjects } from '../../../store/manage-objects.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { FormDialog } from './form-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'

/** The dialog that is open, if one is; keeps what was planned and selected in step with the host. */
export function ManageDialogs(): ReactNode {
  const store = useAppStore()
  const dialog = useApp(({ manage }) => manage.dialog)
  useEffect(
    () =>
      store.subscribe(({ host, followHost }, before) => {
        if (host !== before.host && describeObjects(host) !== describeObjects(before.host)) followHost()
      }),
    [store],
  )
  if (dialog === null) return null
  switch (dialog.kind) {
    case 'form':
      return <FormDialog key={dialog.draft.kind} dialog={dialog} />
    case 'confirm':
      return <ConfirmDialog dialog={dialog} />
    case 'leave':
      return <LeaveDialog next={dialog.next} />
    default:
      return dialog satisfies never
  }
}
