import type { Client } from '../../protocol/connect.ts'
import type { SourceStatus } from '../../protocol/contract.ts'
import { failureWords } from './failure-words.ts'
import type { AppGet, AppSet, ManageActions, ManageDesk } from './manage-action-types.ts'
import { buildAction } from './manage-build-action.ts'
import { isSameObject, type ObjectRef } from './manage-data.ts'
import { createDialogActions } from './manage-dialogs.ts'
import { placeOfObject } from './manage-objects.ts'
import { createPerformer } from './manage-perform.ts'
import { createPlanner, type Planner } from './manage-plan.ts'
import { createSceneActions } from './manage-scenes.ts'

/** Returns the actions that manage the host. One client at a time; what a closed one told, and what was typed, stays. */
export function createManageActions(set: AppSet, get: AppGet): ManageActions {
  const desk: ManageDesk = {
    set,
    get,
    change: (part) => set((state) => ({ manage: { ...state.manage, ...part } })),
    client: null,
  }
  const planner = createPlanner(desk)
  const { submit, cancel, ...performing } = createPerformer(desk, planner)
  return {
    ...createDialogActions(desk, planner, { submit, cancel }),
    ...performing,
    ...createSceneActions(desk),
    followManage: (client) => {
      desk.client = client
      follow(client, desk, planner)
    },
    selectObject: (object) => {
      const { host } = get()
      set({ selected: object === null || host === null ? null : placeOfObject(object, host) })
      desk.change({ object })
    },
    inspect: (of) => inspect(desk, of),
    followHost: () => {
      replan(desk, planner)
      followObject(desk)
    },
    dismissDone: (done) => get().manage.done === done && desk.change({ done: null }),
    dismissManageProblem: () => desk.change({ problem: null }),
  }
}

async function inspect({ client, get, change }: ManageDesk, of: ObjectRef): Promise<void> {
  if (!isSameObject(get().manage.inspection?.of ?? null, of)) change({ inspection: null })
  const outcome = await client?.call('inspectObject', { kind: of.kind, name: of.name })
  if (outcome === undefined || !isSameObject(get().manage.object, of)) return
  change({
    inspection: outcome.ok
      ? { of, inspected: outcome.value, problem: null }
      : { of, inspected: null, problem: failureWords(outcome.failure) },
  })
}

/** What is selected on the host as it is now; nothing where that has gone. */
function followObject({ set, get }: ManageDesk): void {
  const { host, selected, manage, mode } = get()
  const { object } = manage
  if (host === null || object === null || object.kind === 'image') return
  const list = object.kind === 'network' ? host.networks : host.containers
  if (!list.some(({ name }) => name === object.name)) set({ selected: null, manage: { ...manage, object: null } })
  else {
    if (selected === null && mode === 'manage') set({ selected: placeOfObject(object, host) })
    void get().inspect(object)
  }
}

/** Subscribes to the client's events, then reads what there is. Another source, or one that is back, is read anew. */
function follow(client: Client, desk: ManageDesk, planner: Planner): void {
  const { get, change } = desk
  const isCurrent = () => desk.client === client
  const load = () => void loadManager(client, desk).then(() => isCurrent() && begin(desk, planner))
  let seen = ''
  let away = false
  const take = ({ kind, label, phase }: SourceStatus) => {
    // Until the engine has answered there is nothing to ask it; readings in between change nothing here.
    if (phase !== 'ready' && phase !== 'reading') away = true
    else if (isCurrent() && (away || seen !== `${kind} ${label}`)) {
      away = false
      seen = `${kind} ${label}`
      load()
    }
  }
  client.on('status', take)
  client.on('managerChanged', (labels) => {
    const { info } = get().manage
    if (!isCurrent()) return
    if (info) change({ info: { ...info, ...labels } })
    void loadImages(client, desk)
  })
  client.on('actionProgress', ({ text, fraction }) => {
    const { doing } = get().manage
    if (isCurrent() && doing !== null) change({ doing: { ...doing, text, fraction } })
  })
  load()
  void client.call('listScenes', {}).then((outcome) => {
    if (isCurrent() && outcome.ok) change({ scenes: outcome.value })
  })
}

async function loadManager(client: Client, desk: ManageDesk): Promise<void> {
  const outcome = await client.call('managerInfo', {})
  if (desk.client !== client) return
  // An engine that is away stays what it was; what is tried meanwhile says why it cannot be done.
  if (outcome.ok) desk.change({ info: outcome.value })
  if (outcome.ok && outcome.value === null) desk.change({ images: null, imagesProblem: null })
  else await loadImages(client, desk)
}

async function loadImages(client: Client, desk: ManageDesk): Promise<void> {
  const outcome = await client.call('listImages', {})
  if (desk.client !== client) return
  if (outcome.ok) {
    desk.change({ images: outcome.value, imagesProblem: null })
    const { object } = desk.get().manage
    const isThere = outcome.value.some(
      ({ id, tags }) => tags.includes(object?.name ?? '') || id.includes(object?.name ?? ''),
    )
    if (object?.kind === 'image' && !isThere) desk.get().selectObject(null)
  } else desk.change({ imagesProblem: failureWords(outcome.failure) })
}

/** What an engine that was away said is no longer so. */
function begin(desk: ManageDesk, planner: Planner): void {
  const { dialog } = desk.get().manage
  if (dialog?.kind === 'form' && dialog.errors.length > 0) desk.change({ dialog: { ...dialog, errors: [] } })
  replan(desk, planner)
}

/** What was planned was planned on the host as it was. */
function replan({ get }: ManageDesk, planner: Planner): void {
  const { dialog, doing } = get().manage
  if (dialog === null || dialog.kind === 'leave' || doing !== null) return
  if (dialog.kind === 'confirm') planner.plan(dialog.action, 0)
  else planner.planForm(buildAction(dialog.draft), 0)
}
