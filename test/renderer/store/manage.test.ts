import { describe, expect, it } from 'vitest'
import { EMPTY_SUBNET } from '../../../src/renderer/store/manage-drafts.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { createManageDouble, EMPTY_PLAN } from '../support/manage-double.ts'
import { until } from '../support/until.ts'

async function connected() {
  const { far, open } = createManageDouble()
  const store = createAppStore({ mode: 'manage' })
  const connection = open()
  store.getState().connectBackend(connection.client)
  await until(() => store.getState().manage.info !== undefined && store.getState().host !== null)
  return { store, far, open, connection }
}

const draftOf = (store: Awaited<ReturnType<typeof connected>>['store']) => {
  const { dialog } = store.getState().manage
  if (dialog?.kind !== 'form' || dialog.draft.kind !== 'create-network') throw new Error('no network dialog is open')
  return { dialog, draft: dialog.draft }
}

describe('planning while a dialog is filled in', () => {
  it('asks once the keys rest: first what happens, then who could reach whom', async () => {
    const { store, far } = await connected()
    store.getState().openForm('create-network')
    for (const name of ['m', 'my', 'my-net']) store.getState().setDraft({ ...draftOf(store).draft, name })
    await until(() => far.planned.length === 2)
    expect(far.planned).toEqual([
      { action: { kind: 'create-network', network: { name: 'my-net' } }, reach: false },
      { action: { kind: 'create-network', network: { name: 'my-net' } }, reach: true },
    ])
    await until(() => !store.getState().manage.plan.reaching)
    expect(store.getState().manage.plan.plan?.command).toBe('docker x')
  })

  it('does not trace what would be refused, and does not send it', async () => {
    const { store, far } = await connected()
    far.plan = { ...EMPTY_PLAN, problems: [{ at: 'network.name', severity: 'error', message: 'taken' }] }
    store.getState().openForm('create-network', { name: 'my-net' })
    await until(() => store.getState().manage.plan.plan !== null)
    await store.getState().submitForm()
    expect(far.planned).toHaveLength(1)
    expect(far.performed).toHaveLength(0)
  })

  it('says what is missing only when it is sent, and traces nothing until then', async () => {
    const { store, far } = await connected()
    store.getState().openForm('create-network')
    expect(draftOf(store).dialog.missing).toBeNull()
    await store.getState().submitForm()
    expect(draftOf(store).dialog.missing).toMatchObject([{ at: 'network.name' }])
    expect(far.planned.filter(({ reach }) => reach)).toHaveLength(0)
    expect(store.getState().manage.plan.plan).toBeNull()
  })

  it('tells of a subnet that is taken before the network has a name, and of nothing that is missing', async () => {
    const { store, far } = await connected()
    const taken = { at: 'network.subnets[0].subnet', severity: 'error', message: 'Pool overlaps' } as const
    far.plan = { ...EMPTY_PLAN, problems: [taken, { ...taken, at: 'network.name' }] }
    store.getState().openForm('create-network', { subnets: [{ ...EMPTY_SUBNET, subnet: '172.17.0.0/16' }] })
    await until(() => store.getState().manage.plan.early.length > 0)
    expect(store.getState().manage.plan).toMatchObject({ plan: null, early: [taken] })
    store.getState().setDraft({ ...draftOf(store).draft, mtu: '1400' })
    expect(store.getState().manage.plan.early).toEqual([taken])
    store.getState().setDraft({ ...draftOf(store).draft, subnets: [{ ...EMPTY_SUBNET, subnet: '172.' }] })
    expect(store.getState().manage.plan.early).toEqual([])
  })
})

describe('doing what a dialog says', () => {
  it('closes it, tells what was done, and begins with empty fields the next time', async () => {
    const { store, far } = await connected()
    store.getState().openForm('create-network', { name: 'my-net' })
    await store.getState().submitForm()
    expect(far.performed).toEqual([{ kind: 'create-network', network: { name: 'my-net' } }])
    expect(store.getState().manage).toMatchObject({ dialog: null, doing: null, done: { did: 'done', undo: 'done' } })
    store.getState().openForm('create-network')
    expect(draftOf(store).draft.name).toBe('')
  })

  it('keeps what was typed when it is refused, with the words at their field', async () => {
    const { store, far } = await connected()
    far.refuse = { code: 'engine-refused', message: 'Pool overlaps', at: 'action.network.subnets[0].subnet' }
    store.getState().openForm('create-network', { name: 'my-net', mtu: '1400' })
    await store.getState().submitForm()
    const { dialog, draft } = draftOf(store)
    expect(draft).toMatchObject({ name: 'my-net', mtu: '1400' })
    expect(dialog.errors).toEqual([{ at: 'network.subnets[0].subnet', severity: 'error', message: 'Pool overlaps.' }])
    store.getState().setDraft({ ...draft, name: 'other' })
    expect(draftOf(store).dialog.errors).toEqual([])
  })

  it('cancels what is under way and stays open; closed, it remembers', async () => {
    const { store, far } = await connected()
    let go = (): void => undefined
    far.hold = new Promise((resolve) => {
      go = resolve
    })
    store.getState().openForm('create-network', { name: 'my-net' })
    const done = store.getState().submitForm()
    far.tell('actionProgress', { text: 'making the bridge', fraction: 0.5 })
    await until(() => store.getState().manage.doing?.fraction === 0.5)
    store.getState().closeDialog()
    await done
    go()
    expect(draftOf(store).dialog.errors).toEqual([])
    store.getState().closeDialog()
    expect(store.getState().manage.dialog).toBeNull()
    store.getState().openForm('create-network')
    expect(draftOf(store).draft.name).toBe('my-net')
  })

  it('sends an image in pieces first', async () => {
    const { store, far } = await connected()
    const file = new File([new Uint8Array(100_000)], 'nginx.tar')
    store.getState().openForm('import-image', { file })
    await store.getState().submitForm()
    expect(far.uploaded).toHaveLength(3)
    expect(far.performed).toEqual([{ kind: 'import-image', upload: 'u1', file: 'nginx.tar' }])
    expect(store.getState().manage.object).toBeNull()
  })

  it.each([
    ['nginx:1.27', 'nginx:1.27'],
    [`sha256:${'ab'.repeat(32)}`, 'ab'.repeat(6)],
  ])('shows an image that was imported: %s', async (imported, name) => {
    const { store, far } = await connected()
    far.imported = [imported, 'other']
    store.getState().openForm('import-image', { file: new File(['x'], 'nginx.tar') })
    await store.getState().submitForm()
    expect(store.getState().manage.object).toEqual({ kind: 'image', name })
  })
})

describe('what is destroyed or cut off', () => {
  it('is asked first, planned with who could reach whom', async () => {
    const { store, far } = await connected()
    await store.getState().requestAction({ kind: 'remove-network', name: 'net1' })
    expect(far.performed).toHaveLength(0)
    await until(() => far.planned.length === 2)
    await store.getState().confirmAction()
    expect(far.performed).toEqual([{ kind: 'remove-network', name: 'net1' }])
    expect(store.getState().manage.dialog).toBeNull()
  })

  it('is not asked where nothing is lost', async () => {
    const { store, far } = await connected()
    await store.getState().requestAction({ kind: 'container-verb', verb: 'start', name: 'container1' })
    expect(far.performed).toHaveLength(1)
  })

  it('says in the panel why an undo failed', async () => {
    const { store, far } = await connected()
    far.refuse = { code: 'engine-refused', message: 'the name is taken' }
    await store.getState().undoAction()
    expect(store.getState().manage).toMatchObject({ problem: 'The name is taken.', doing: null })
  })
})

describe('a connection that goes away', () => {
  it('loses nothing that was typed; the next one is asked again', async () => {
    const { store, far, open, connection } = await connected()
    store.getState().openForm('create-network', { name: 'my-net', bridge: 'br-mine' })
    await until(() => far.planned.length === 2)
    connection.close()
    await until(() => !store.getState().connected)
    await store.getState().submitForm()
    expect(draftOf(store).dialog.errors).toHaveLength(1)
    store.getState().connectBackend(open().client)
    await until(() => far.planned.length === 4)
    expect(draftOf(store).draft).toMatchObject({ name: 'my-net', bridge: 'br-mine' })
  })

  it('follows what can be undone, and what another source can do', async () => {
    const { store, far } = await connected()
    far.tell('managerChanged', { undo: 'network my-net created', redo: null })
    await until(() => store.getState().manage.info?.undo === 'network my-net created')
    far.info = null
    const status = { progress: null, activity: null, problem: null } as const
    far.tell('status', { kind: 'sample', phase: 'ready', label: 'sample host', ...status })
    await until(() => store.getState().manage.info === null)
  })
})

describe('a sandbox in which something was done', () => {
  it('is left only after a question; one that was only looked at is left at once', async () => {
    const { store, far } = await connected()
    await store.getState().openSandbox('my-net')
    expect(far.opened).toEqual(['my-net'])
    far.info = { kind: 'sandbox', generation: 28, undo: 'network n created', redo: null, lacks: [] }
    const status = { progress: null, activity: null, problem: null } as const
    far.tell('status', { kind: 'sandbox', phase: 'ready', label: 'sandbox my-net', ...status })
    await until(() => store.getState().manage.info?.kind === 'sandbox')
    await store.getState().openSandbox('my-net')
    expect(far.opened).toHaveLength(1)
    await store.getState().confirmLeave()
    expect(far.opened).toHaveLength(2)
  })
})

describe('selecting', () => {
  it('is the same in the picture and in the list', async () => {
    const { store } = await connected()
    const name = store.getState().host?.containers[0]?.name ?? ''
    store.getState().selectObject({ kind: 'container', name })
    const place = store.getState().selected
    expect(place?.kind).toBe('stack')
    store.getState().select(null)
    expect(store.getState().manage.object).toBeNull()
    store.getState().select(place)
    expect(store.getState().manage.object).toEqual({ kind: 'container', name })
  })
})
