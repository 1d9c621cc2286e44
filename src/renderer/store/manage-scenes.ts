import type { Client } from '../../protocol/connect.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { saveFile } from '../save-file.ts'
import { failureWords } from './failure-words.ts'
import type { ManageDesk, SceneActions } from './manage-action-types.ts'
import type { LeaveFor } from './manage-data.ts'
import { downloadBytes, uploadBytes } from './move-bytes.ts'

/** Returns the actions that open, save and leave scenes. */
export function createSceneActions(desk: ManageDesk): SceneActions {
  const { get, change } = desk
  const during = async (label: string, work: (client: Client) => Promise<Outcome<unknown>>) => {
    const { client } = desk
    if (client === null || get().manage.doing !== null) return
    change({ doing: { label, text: '', fraction: null, stoppable: false }, done: null, problem: null })
    const outcome = await work(client)
    change({ doing: null, ...(outcome.ok ? {} : { problem: failureWords(outcome.failure) }) })
  }
  const go = (next: LeaveFor) => {
    get().selectObject(null)
    return next.kind === 'host'
      ? during('Leaving the sandbox', (client) => client.call('leaveSandbox', {}))
      : during('Opening the sandbox', (client) => client.call('openSandbox', { scene: next.name }))
  }
  /** A sandbox that is left is forgotten: that is asked where something was done in it. */
  const ask = async (next: LeaveFor) => {
    const { info } = get().manage
    const touched = info?.kind === 'sandbox' && (info.undo !== null || info.redo !== null)
    if (touched) change({ dialog: { kind: 'leave', next } })
    else await go(next)
  }
  return {
    openSandbox: (name) => ask({ kind: 'scene', name }),
    leaveSandbox: () => ask({ kind: 'host' }),
    confirmLeave: async () => {
      const { dialog } = get().manage
      if (dialog?.kind !== 'leave') return
      change({ dialog: null })
      await go(dialog.next)
    },
    openSceneFile: (file) => during(`Opening ${file.name}`, (client) => openFile(client, desk, file)),
    saveScene: () => during('Saving the scene', saveScene),
  }
}

async function openFile(client: Client, { get, change }: ManageDesk, file: File): Promise<Outcome<unknown>> {
  const upload = await uploadBytes(client, new Uint8Array(await file.arrayBuffer()), () => undefined)
  if (!upload.ok) return upload
  const outcome = await client.call('openScene', { upload: upload.value, name: file.name })
  if (!outcome.ok) return outcome
  get().selectObject(null)
  const { undo } = get().manage.info ?? { undo: null }
  change({ done: { did: `${file.name} is open`, command: '', undo, notes: outcome.value.notes } })
  return outcome
}

async function saveScene(client: Client): Promise<Outcome<unknown>> {
  const made = await client.call('saveScene', {})
  if (!made.ok) return made
  const bytes = await downloadBytes(client, made.value, () => undefined)
  if (bytes.ok) saveFile(made.value.name, bytes.value)
  return bytes
}
