import type { ManageAction } from '../../core/manage/action.ts'
import type { ActionDone, FieldProblem } from '../../core/manage/plan.ts'
import type { CancelSignal } from '../../protocol/cancel-signal.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import { failureWords } from './failure-words.ts'
import type { ManageDesk, PerformActions } from './manage-action-types.ts'
import { buildAction } from './manage-build-action.ts'
import type { ObjectRef } from './manage-data.ts'
import type { Draft } from './manage-drafts.ts'
import { placeManageFailure, type Planner } from './manage-plan.ts'
import { imageName } from './manage-objects.ts'
import { uploadFile } from './move-bytes.ts'

/** Does one change at a time, shows how far it is, and can cancel it. */
export interface Performer {
  /** Does what a form says; closes it when it is done, and keeps it with what went wrong when it is not. */
  submit(draft: Draft, action: ManageAction): Promise<void>
  cancel(): void
}

/** What the actions share: at most one change is under way. */
interface Work {
  readonly desk: ManageDesk
  readonly planner: Planner
  running: AbortController | null
}

type Change = (client: Client, signal: CancelSignal) => Promise<Outcome<ActionDone>>

/** Returns the actions that change the host, and what the forms need of them. */
export function createPerformer(desk: ManageDesk, planner: Planner): Performer & PerformActions {
  const { get } = desk
  const work: Work = { desk, planner, running: null }
  const cancel = () => work.running?.abort()
  return {
    cancel,
    cancelAction: cancel,
    submit: (draft, action) => submit(work, draft, action),
    requestAction: async (action) => {
      if (get().manage.doing !== null) return
      if (!needsQuestion(action)) return inPanel(work, LABELS[action.kind], doing(action))
      desk.change({ dialog: { kind: 'confirm', action, errors: [] }, problem: null })
      planner.plan(action, 0)
    },
    confirmAction: () => confirm(work),
    undoAction: () => {
      const step = get().manage.info?.undo ?? ''
      return inPanel(work, UNDO, async (client, signal) =>
        named(await client.call('undoAction', {}, { signal }), `Undone: ${step}`),
      )
    },
    redoAction: () => {
      const step = get().manage.info?.redo ?? ''
      return inPanel(work, 'Redo', async (client, signal) =>
        named(await client.call('redoAction', {}, { signal }), `Done again: ${step}`),
      )
    },
  }
}

function doing(action: ManageAction): Change {
  return (client, signal) => client.call('doAction', { action }, { signal })
}

async function during(work: Work, label: string, change: Change): Promise<Outcome<ActionDone>> {
  const { desk } = work
  if (work.running !== null) return { ok: false, failure: BUSY }
  if (desk.client === null) return { ok: false, failure: NOT_CONNECTED }
  const mine = new AbortController()
  work.running = mine
  desk.change({ doing: { label, text: '', fraction: null, stoppable: true }, done: null, problem: null })
  const outcome = await change(desk.client, mine.signal)
  work.running = null
  desk.change({ doing: null, ...(outcome.ok ? { done: { ...outcome.value, undone: label === UNDO } } : {}) })
  return outcome
}

/** Without a dialog around it, what goes wrong is said in the panel. */
async function inPanel(work: Work, label: string, change: Change): Promise<void> {
  const outcome = await during(work, label, change)
  if (!outcome.ok && outcome.failure.code !== 'cancelled') work.desk.change({ problem: failureWords(outcome.failure) })
}

async function submit(work: Work, draft: Draft, action: ManageAction): Promise<void> {
  const { desk, planner } = work
  const outcome = await during(work, LABELS[action.kind], (client, signal) => send(client, desk, draft, action, signal))
  const { dialog, kept } = desk.get().manage
  if (!outcome.ok) {
    if (dialog?.kind === 'form') desk.change({ dialog: { ...dialog, errors: errorsOf(outcome.failure), missing: [] } })
    return
  }
  planner.plan(null)
  const { [draft.kind]: _sent, ...others } = kept
  desk.change({ dialog: null, kept: others })
  const made = objectMadeBy(action, outcome.value)
  if (made !== null) desk.get().selectObject(made)
}

async function confirm(work: Work): Promise<void> {
  const { desk, planner } = work
  const { dialog } = desk.get().manage
  if (dialog?.kind !== 'confirm') return
  const outcome = await during(work, LABELS[dialog.action.kind], doing(dialog.action))
  if (!outcome.ok) return desk.change({ dialog: { ...dialog, errors: errorsOf(outcome.failure) } })
  planner.plan(null)
  desk.change({ dialog: null })
}

/** Who has cancelled knows it. */
function errorsOf(failure: Failure): readonly FieldProblem[] {
  return failure.code === 'cancelled' ? [] : [placeManageFailure(failure)]
}

/** What was taken back is spoken of as the button did. */
function named(outcome: Outcome<ActionDone>, did: string): Outcome<ActionDone> {
  return outcome.ok ? { ok: true, value: { ...outcome.value, did } } : outcome
}

async function send(
  client: Client,
  desk: ManageDesk,
  draft: Draft,
  action: ManageAction,
  signal: CancelSignal,
): Promise<Outcome<ActionDone>> {
  if (draft.kind !== 'import-image' || draft.file === null) return client.call('doAction', { action }, { signal })
  const { doing } = desk.get().manage
  const tell = (fraction: number) =>
    doing !== null && desk.change({ doing: { ...doing, text: `Sending ${draft.file?.name}`, fraction } })
  const upload = await uploadFile(client, draft.file, tell, signal)
  if (!upload.ok) return upload
  const built = buildAction(draft, upload.value)
  const outcome = await client.call('doAction', { action: built.action ?? action }, { signal })
  if (outcome.ok || outcome.failure.code !== 'engine-refused') return outcome
  // The engine speaks of bytes (`unexpected EOF`).
  const message = `Docker cannot read ${draft.file.name} as an image: ${outcome.failure.message}`
  return { ok: false, failure: { ...outcome.failure, message, at: 'action.file' } }
}

/** Whether something is lost or cut off by it, so that it is asked first. */
function needsQuestion(action: ManageAction): boolean {
  switch (action.kind) {
    case 'remove-network':
    case 'prune-networks':
    case 'remove-container':
    case 'remove-image':
    case 'disconnect':
      return true
    case 'container-verb':
      return action.verb === 'stop'
    case 'create-network':
    case 'connect':
    case 'run-container':
    case 'rename-container':
    case 'import-image':
      return false
    default:
      return action satisfies never
  }
}

function objectMadeBy(action: ManageAction, { images = [] }: ActionDone): ObjectRef | null {
  switch (action.kind) {
    case 'create-network':
      return { kind: 'network', name: action.network.name }
    case 'run-container':
      return { kind: 'container', name: action.container.name }
    case 'connect':
      return { kind: 'container', name: action.container }
    case 'rename-container':
      return { kind: 'container', name: action.to }
    case 'import-image':
      return images[0] === undefined ? null : { kind: 'image', name: imageName(images[0]) }
    default:
      return null
  }
}

const UNDO = 'Undo'

const LABELS: Readonly<Record<ManageAction['kind'], string>> = {
  'create-network': 'Creating the network',
  'remove-network': 'Removing the network',
  'prune-networks': 'Removing unused networks',
  connect: 'Connecting',
  disconnect: 'Disconnecting',
  'run-container': 'Starting the container',
  'container-verb': 'Changing the container',
  'rename-container': 'Renaming',
  'remove-container': 'Removing the container',
  'import-image': 'Importing the image',
  'remove-image': 'Removing the image',
}

const BUSY: Failure = {
  code: 'engine-refused',
  message: 'another change is under way',
  hint: 'wait for it, or cancel it',
}

const NOT_CONNECTED: Failure = {
  code: 'disconnected',
  message: 'Hopwire is not connected to its backend now',
  hint: 'it reconnects by itself; what you typed stays here',
}
