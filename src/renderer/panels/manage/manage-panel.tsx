import { type ReactNode, useMemo } from 'react'
import type { ManagerInfo } from '../../../core/manage/inventory.ts'
import type { SourceStatus } from '../../../protocol/contract.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import type { Doing } from '../../store/manage-data.ts'
import { DoingBar } from './dialogs/action-dialog.tsx'
import { listContainers, listImageRows, listNetworks } from './list-objects.ts'
import { ManageBar } from './manage-bar.tsx'
import { whatLacks } from './object-actions.ts'
import { ObjectSection } from './object-section.tsx'
import './manage.css'

/** The left panel in which the host is changed: its networks, containers and images. */
export function ManagePanel(): ReactNode {
  const info = useApp(({ manage }) => manage.info)
  const dialog = useApp(({ manage }) => manage.dialog)
  const doing = useApp(({ manage }) => manage.doing)
  return (
    <section className="manage" aria-label="Manage">
      <div className="manage-head">
        <ManageBar />
        {dialog === null && doing !== null && <UnderWay doing={doing} />}
        <ManageProblem />
      </div>
      {info === null && <NotManaged />}
      <Networks />
      <Containers />
      {info !== null && info !== undefined && <Images info={info} />}
    </section>
  )
}

function UnderWay({ doing }: { readonly doing: Doing }): ReactNode {
  const store = useAppStore()
  return (
    <div className="under-way">
      <DoingBar doing={doing} />
      {doing.stoppable && (
        <button type="button" className="link" onClick={() => store.getState().cancelAction()}>
          Cancel
        </button>
      )}
    </div>
  )
}

function Networks(): ReactNode {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const info = useApp(({ manage }) => manage.info) ?? null
  const rows = useMemo(() => (host === null ? [] : listNetworks(host, info, store.getState())), [host, info, store])
  const actions = store.getState()
  const unused = host?.networks.some(
    ({ name, driver }) =>
      driver !== 'host' &&
      driver !== 'null' &&
      name !== 'bridge' &&
      !host.containers.some(({ endpoints }) => endpoints.some((each) => each.networkName === name)),
  )
  const prune = {
    id: 'prune',
    label: 'Remove unused networks…',
    grave: true,
    impossible: unused === true ? null : 'Every network that Docker could remove has a container.',
    run: () => void actions.requestAction({ kind: 'prune-networks' }),
  }
  return (
    <ObjectSection
      title="Networks"
      rows={rows}
      add={info === null ? null : { label: 'Create a network', run: () => actions.openForm('create-network') }}
      more={info === null ? [] : [prune]}
      none={host === null ? 'Not read yet.' : 'There is no network on this host.'}
    />
  )
}

function Containers(): ReactNode {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const info = useApp(({ manage }) => manage.info) ?? null
  const rows = useMemo(() => (host === null ? [] : listContainers(host, info, store.getState())), [host, info, store])
  return (
    <ObjectSection
      title="Containers"
      rows={rows}
      add={info === null ? null : { label: 'Run a container', run: () => store.getState().openForm('run-container') }}
      more={[]}
      none={host === null ? 'Not read yet.' : 'There is no container yet. Run one to see how it is connected.'}
    />
  )
}

function Images({ info }: { readonly info: ManagerInfo }): ReactNode {
  const store = useAppStore()
  const images = useApp(({ manage }) => manage.images)
  const problem = useApp(({ manage }) => manage.imagesProblem)
  const rows = useMemo(() => listImageRows(images ?? [], info, store.getState()), [images, info, store])
  const fixed = whatLacks(info, /\bimages?\b/i) !== null
  const none = 'There is no local image. Import one from a file; nothing is fetched.'
  return (
    <ObjectSection
      title="Images"
      rows={rows}
      add={fixed ? null : { label: 'Import an image', run: () => store.getState().openForm('import-image') }}
      more={[]}
      none={problem ?? (images === null ? 'Not read yet.' : none)}
    />
  )
}

function ManageProblem(): ReactNode {
  const store = useAppStore()
  const problem = useApp(({ manage }) => manage.problem)
  if (problem === null) return null
  return (
    <div className="watch-problem" role="alert">
      <p>{problem}</p>
      <button type="button" className="link" onClick={() => store.getState().dismissManageProblem()}>
        Dismiss
      </button>
    </div>
  )
}

/** Where the sandbox begins for who has nothing to change. */
const FIRST_SCENE = 'my-net'

function NotManaged(): ReactNode {
  const store = useAppStore()
  const status = useApp((state) => state.status)
  const scenes = useApp(({ manage }) => manage.scenes)
  const scene = scenes.find(({ name }) => name === FIRST_SCENE) ?? scenes[0]
  return (
    <div className="not-managed" role="note">
      <p>{whyNotManaged(status)}</p>
      {scene !== undefined && (
        <button type="button" className="primary" onClick={() => void store.getState().openSandbox(scene.name)}>
          Try it in the sandbox
        </button>
      )}
    </div>
  )
}

function whyNotManaged(status: SourceStatus | null): string {
  switch (status?.kind) {
    case 'snapshot':
      return 'A snapshot cannot be changed: it is a host as it once was.'
    case 'sample':
      return 'The sample host cannot be changed: it was captured elsewhere.'
    default:
      return 'This host cannot be changed now.'
  }
}
