import { type ReactNode, useMemo } from 'react'
import { useApp, useAppStore } from '../../../store/hooks.ts'
import type { FormDialog as FormDialogData } from '../../../store/manage-data.ts'
import type { Draft } from '../../../store/manage-drafts.ts'
import { ActionDialog } from './action-dialog.tsx'
import { CONNECT_PATHS, ConnectFields } from './connect-dialog.tsx'
import { TextField } from './dialog-fields.tsx'
import { ImportField } from './import-field.tsx'
import { NetworkFields, networkPaths } from './network-dialog.tsx'
import { PlanAside } from './plan-aside.tsx'
import { RUN_PATHS, RunFields } from './run-dialog.tsx'

/** A dialog with fields over the store. */
export function FormDialog({ dialog }: { readonly dialog: FormDialogData }): ReactNode {
  const store = useAppStore()
  const plan = useApp(({ manage }) => manage.plan.plan)
  const early = useApp(({ manage }) => manage.plan.early)
  const { draft, problems, missing, errors } = dialog
  const all = useMemo(
    () => [...errors, ...problems, ...(missing ?? []), ...(plan?.problems ?? []), ...early],
    [errors, problems, missing, plan, early],
  )
  const fields = useMemo(() => pathsOf(draft), [draft])
  const words = wordsOf(draft)
  return (
    <ActionDialog
      title={words.title}
      verb={words.verb}
      problems={all}
      fields={fields}
      tried={errors.length > 0 ? errors : missing}
      aside={<PlanAside waiting={problems.length > 0 ? 'Mend what is marked to see it.' : words.waiting} />}
      onSubmit={() => void store.getState().submitForm()}
    >
      <Fields draft={draft} />
    </ActionDialog>
  )
}

function pathsOf(draft: Draft): readonly string[] {
  switch (draft.kind) {
    case 'create-network':
      return networkPaths(draft)
    case 'connect':
      return CONNECT_PATHS
    case 'run-container':
      return RUN_PATHS
    case 'rename-container':
      return ['to']
    case 'import-image':
      return ['file']
    default:
      return draft satisfies never
  }
}

interface Words {
  readonly title: string
  readonly verb: string
  readonly waiting: string
}

function wordsOf(draft: Draft): Words {
  switch (draft.kind) {
    case 'create-network':
      return { title: 'Create a network', verb: 'Create', waiting: 'Give the network a name to see it.' }
    case 'connect':
      return { title: 'Connect a container', verb: 'Connect', waiting: 'Choose a container and a network to see it.' }
    case 'run-container':
      return { title: 'Run a container', verb: 'Run', waiting: 'Choose an image and a name to see it.' }
    case 'rename-container':
      return { title: `Rename ${draft.name}`, verb: 'Rename', waiting: 'Give it another name to see it.' }
    case 'import-image':
      return { title: 'Import an image', verb: 'Import', waiting: 'Choose a file to see it.' }
    default:
      return draft satisfies never
  }
}

function Fields({ draft }: { readonly draft: Draft }): ReactNode {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const info = useApp(({ manage }) => manage.info)
  const images = useApp(({ manage }) => manage.images)
  const onChange = (next: Draft) => store.getState().setDraft(next)
  const generation = info?.generation ?? 0
  switch (draft.kind) {
    case 'create-network':
      return <NetworkFields draft={draft} generation={generation} onChange={onChange} />
    case 'connect':
      return <ConnectFields draft={draft} host={host} generation={generation} onChange={onChange} />
    case 'run-container': {
      const sandbox = info?.kind === 'sandbox'
      return <RunFields {...{ draft, host, generation, sandbox, onChange }} images={images ?? []} />
    }
    case 'rename-container':
      return <TextField label="New name" at="to" value={draft.to} onChange={(to) => onChange({ ...draft, to })} />
    case 'import-image':
      return <ImportField file={draft.file} onChange={(file) => onChange({ ...draft, file })} />
    default:
      return draft satisfies never
  }
}
