import { joinedContainer } from '../../../core/host/joined-container.ts'
import type { Container, DockerNetwork } from '../../../core/host/container.ts'
import type { ImageInfo, ManagerInfo } from '../../../core/manage/inventory.ts'
import { imageName } from '../../store/manage-objects.ts'
import type { AppActions } from '../../store/store.ts'

/** One thing that can be done to an object. */
export interface ObjectAction {
  readonly id: string
  readonly label: string
  /** The key that does it while the object's row has the focus, as `KeyboardEvent.key` names it. */
  readonly key?: string
  /** Something is removed or cut off by it. */
  readonly grave?: boolean
  /** Why it cannot be done; null where it can. */
  readonly impossible: string | null
  readonly run: () => void
}

/** The networks that every engine has and that cannot be removed. */
const PREDEFINED = ['bridge', 'host', 'none']

type Store = Pick<AppActions, 'openForm' | 'requestAction' | 'showLogs' | 'showTerminal' | 'setForm' | 'setMode'>

/** Returns what can be done to a network. */
export function networkActions(network: DockerNetwork, store: Store): readonly ObjectAction[] {
  const { name, driver } = network
  const own = PREDEFINED.includes(name)
  const closed = driver === 'host' || driver === 'null'
  return [
    {
      id: 'run',
      label: 'Run a container in it…',
      impossible: null,
      run: () => store.openForm('run-container', { network: name }),
    },
    {
      id: 'connect',
      label: 'Connect a container…',
      impossible: closed ? `Nothing can be connected to “${name}”: choose it when the container is run.` : null,
      run: () => store.openForm('connect', { network: name, container: '' }),
    },
    {
      id: 'remove',
      label: 'Remove…',
      key: 'Delete',
      grave: true,
      impossible: own ? `Docker keeps “${name}”: it comes with every engine.` : null,
      run: () => void store.requestAction({ kind: 'remove-network', name }),
    },
  ]
}

/** Returns what can be done to a container; `info` says what is not to be had here. */
export function containerActions(container: Container, info: ManagerInfo, store: Store): readonly ObjectAction[] {
  const { name, state } = container
  const up = state === 'running' || state === 'paused'
  const verb = (id: 'start' | 'stop' | 'restart' | 'pause' | 'unpause', label: string): ObjectAction => ({
    id,
    label,
    impossible: null,
    run: () => void store.requestAction({ kind: 'container-verb', verb: id, name }),
  })
  return [
    ...(state === 'paused' ? [verb('unpause', 'Unpause')] : up ? [] : [verb('start', 'Start')]),
    ...(up ? [verb('stop', 'Stop…'), verb('restart', 'Restart')] : []),
    ...(state === 'running' ? [verb('pause', 'Pause')] : []),
    ...attachActions(container, store),
    {
      id: 'trace',
      label: 'Trace from it',
      impossible: state === 'running' ? null : 'Only a running container sends packets.',
      run: () => {
        store.setForm({ from: name })
        store.setMode('trace')
      },
    },
    ...consoleActions(name, state === 'running', info, store),
    {
      id: 'rename',
      label: 'Rename…',
      key: 'F2',
      impossible: null,
      run: () => store.openForm('rename-container', { name, to: name }),
    },
    {
      id: 'remove',
      label: 'Remove…',
      key: 'Delete',
      grave: true,
      impossible: null,
      run: () => void store.requestAction({ kind: 'remove-container', name }),
    },
  ]
}

function attachActions(container: Container, store: Store): readonly ObjectAction[] {
  const { name, networkMode, endpoints } = container
  const shared = networkMode === 'host' || joinedContainer(networkMode) !== null
  return [
    {
      id: 'connect',
      label: 'Connect to a network…',
      impossible: shared ? `It has no network of its own: it runs with --network ${networkMode}.` : null,
      run: () => store.openForm('connect', { container: name, network: '' }),
    },
    ...(shared || networkMode === 'none' ? [] : endpoints).map(
      ({ networkName }): ObjectAction => ({
        id: `disconnect ${networkName}`,
        label: `Disconnect from ${networkName}…`,
        impossible: null,
        run: () => void store.requestAction({ kind: 'disconnect', container: name, network: networkName }),
      }),
    ),
  ]
}

function consoleActions(name: string, running: boolean, info: ManagerInfo, store: Store): readonly ObjectAction[] {
  return [
    { id: 'logs', label: 'Logs', impossible: whatLacks(info, /\blogs?\b/i), run: () => store.showLogs(name) },
    {
      id: 'terminal',
      label: 'Terminal',
      impossible: whatLacks(info, /\bterminals?\b/i) ?? (running ? null : 'A terminal needs a running container.'),
      run: () => store.showTerminal(name),
    },
  ]
}

/** Returns the sentence in which a manager says that it has nothing of the kind; null where it has. */
export function whatLacks({ lacks }: ManagerInfo, word: RegExp): string | null {
  return lacks.find((text) => word.test(text)) ?? null
}

/** Returns the names by which an image is spoken of: its tags, or its short id where it has none. */
export function imageNames({ tags, id }: ImageInfo): readonly string[] {
  return tags.length > 0 ? tags : [imageName(id)]
}

/** Returns what can be done to an image by one of its names; `info` says whether there is anything to remove. */
export function imageActions(name: string, info: ManagerInfo, store: Store): readonly ObjectAction[] {
  return [
    {
      id: 'run',
      label: 'Run a container of it…',
      impossible: null,
      run: () => store.openForm('run-container', { image: name }),
    },
    {
      id: 'remove',
      label: 'Remove…',
      key: 'Delete',
      grave: true,
      impossible: whatLacks(info, /\bimages?\b/i),
      run: () => void store.requestAction({ kind: 'remove-image', image: name }),
    },
  ]
}
