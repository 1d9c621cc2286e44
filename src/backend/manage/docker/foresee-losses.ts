import type { ContainerVerb, ManageAction } from '../../../core/manage/action.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../../../core/parse/json-value.ts'
import { statusOf } from '../../docker/engine-error.ts'
import { isAutoRemoved } from './change-container.ts'
import { isKept, tagsOf } from './change-image.ts'
import type { DockerCalls } from './docker-calls.ts'
import { isIn, isUp, listedName } from './listed-container.ts'

/** What would be lost, one sentence each, and how it could be undone, in one sentence; null where it cannot. */
export interface Foreseen {
  readonly losses: readonly string[]
  readonly undo: string | null
}

/** Tells what an action would lose and how it could be undone. What is not there is the engine's to refuse. */
export async function foreseeLosses(calls: DockerCalls, action: ManageAction): Promise<Foreseen> {
  switch (action.kind) {
    case 'create-network':
      return plain(`undo removes ${action.network.name}`)
    case 'remove-network':
      return ofNetwork(calls, action.name)
    case 'prune-networks':
      return ofPrune(calls)
    case 'connect':
      return plain(`undo disconnects ${action.container} from ${action.endpoint.network}`)
    case 'disconnect':
      return {
        losses: [`connections of ${action.container} over ${action.network} break`],
        undo: `undo connects ${action.container} to ${action.network} again, with its aliases and its address`,
      }
    case 'run-container':
      return plain(`undo removes ${action.container.name} with all that it has written by then`)
    case 'container-verb':
      return ofVerb(calls, action.name, action.verb)
    case 'rename-container':
      return plain(`undo gives it back the name ${action.name}`)
    case 'remove-container':
      return ofContainer(calls, action.name)
    case 'import-image':
      return plain('undo removes the images that came with it')
    case 'remove-image':
      return ofImage(calls, action.image)
    default:
      return action satisfies never
  }
}

function plain(undo: string): Foreseen {
  return { losses: [], undo }
}

async function ofNetwork(calls: DockerCalls, name: string): Promise<Foreseen> {
  const stopped = (await calls.listContainers()).filter((one) => isIn(one, name) && !isUp(one)).map(listedName)
  const losses = stopped.map((one) => `${one}, which is stopped, is connected to ${name} and cannot start without it`)
  const also = stopped.length === 0 ? '' : `, and connects ${stopped.join(', ')} to it`
  return { losses, undo: `undo makes ${name} again with its subnets, options and labels${also}` }
}

async function ofPrune(calls: DockerCalls): Promise<Foreseen> {
  const [networks, containers] = await Promise.all([calls.listNetworks(), calls.listContainers()])
  const own = networks.map((one) => textOf(one, 'Name') ?? '').filter((one) => !PREDEFINED.includes(one))
  const unused = own.filter((name) => !containers.some((one) => isUp(one) && isIn(one, name)))
  if (unused.length === 0)
    return { losses: [], undo: 'there is nothing to prune: each network has a running container' }
  return {
    losses: [`these networks are removed: ${unused.join(', ')}`],
    undo: 'undo makes them again with their subnets, options and labels, and connects their stopped containers',
  }
}

const PREDEFINED: readonly string[] = ['bridge', 'host', 'none']

async function ofVerb(calls: DockerCalls, name: string, verb: ContainerVerb): Promise<Foreseen> {
  const inspected = await lookedUp(() => calls.inspectContainer(name))
  switch (verb) {
    case 'start':
      return plain(`undo stops ${name}`)
    case 'pause':
      return plain(`undo lets ${name} go on`)
    case 'unpause':
      return plain(`undo pauses ${name} again`)
    case 'restart':
      return { losses: [memoryLost(name)], undo: null }
    case 'stop':
      if (!isAutoRemoved(inspected)) return { losses: [memoryLost(name)], undo: `undo starts ${name} again` }
      return {
        losses: [
          memoryLost(name),
          `${name} was run with --rm: it is removed when it stops, with all that it has written`,
        ],
        undo: `undo makes ${name} again from its settings and starts it`,
      }
    default:
      return verb satisfies never
  }
}

function memoryLost(name: string): string {
  return `what the processes of ${name} hold in memory is lost, and their connections break`
}

async function ofContainer(calls: DockerCalls, name: string): Promise<Foreseen> {
  const inspected = await lookedUp(() => calls.inspectContainer(name))
  const volumes = anonymousVolumes(inspected)
  const removes = isAutoRemoved(inspected)
  const what = volumes === 1 ? 'its anonymous volume' : `its ${volumes} anonymous volumes`
  const running = recordOf(inspected, 'State')['Running'] === true
  const kept = removes ? `${what} go with it` : `${what} stay behind: undo puts them where they were`
  return {
    losses: [
      ...(running ? [`${name} runs: its processes are killed`] : []),
      `what ${name} has written inside, other than into volumes, and its log are lost`,
      ...(volumes === 0 ? [] : [kept]),
    ],
    undo: `undo makes ${name} again from its settings and networks${running ? ' and starts it' : ''}`,
  }
}

/** Names of anonymous volumes are 64 hexadecimal digits. */
function anonymousVolumes(inspected: JsonRecord): number {
  const volumes = recordsOf(inspected, 'Mounts').filter((mount) => mount['Type'] === 'volume')
  return volumes.filter((mount) => /^[0-9a-f]{64}$/.test(textOf(mount, 'Name') ?? '')).length
}

async function ofImage(calls: DockerCalls, name: string): Promise<Foreseen> {
  const inspected = await lookedUp(() => calls.inspectImage(name))
  const tags = tagsOf(inspected)
  if (tags.length > 1 && tags.includes(name)) return plain(`undo gives the image the name ${name} again`)
  if (isKept(inspected)) return plain(`undo brings ${name} back from a copy that Hopwire keeps as long as it runs`)
  const size = ((numberOf(inspected, 'Size') ?? 0) / 1e6).toFixed(1)
  return { losses: [`the image (${size} MB) is deleted: only a file or a registry brings it back`], undo: null }
}

async function lookedUp(look: () => Promise<JsonRecord>): Promise<JsonRecord> {
  return look().catch((error: unknown) => (statusOf(error) === 404 ? {} : Promise.reject(error)))
}
