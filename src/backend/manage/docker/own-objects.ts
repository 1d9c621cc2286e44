import type { ManageAction } from '../../../core/manage/action.ts'
import { probeLabel } from '../../../core/parse/docker-containers.ts'
import { type JsonRecord, recordOf } from '../../../core/parse/json-value.ts'
import type { DockerCalls } from './docker-calls.ts'
import { refusal } from './refusal.ts'

/** Images of Hopwire's helper, whatever their version (see probe-image.ts). */
const OWN_IMAGE = /^hopwire\/probe(?::|$)/

/** Tells whether an image's name is that of Hopwire's helper. */
export function isOwnImage(name: string): boolean {
  return OWN_IMAGE.test(name)
}

/** Tells whether a container, as it was listed or inspected, is Hopwire's helper. */
export function isOwnContainer(container: JsonRecord): boolean {
  return probeLabel in recordOf(container, 'Labels') || probeLabel in recordOf(recordOf(container, 'Config'), 'Labels')
}

/** Rejects what would change Hopwire's own helper; a container that is not there is the engine's to refuse. */
export async function refuseOwn(calls: DockerCalls, action: ManageAction): Promise<void> {
  const image = imageOf(action)
  if (image !== null && isOwnImage(image.name)) throw refusal(`${image.name} is Hopwire's own helper`, image.at)
  const container = containerOf(action)
  if (container === null) return
  const inspected = await calls.inspectContainer(container.name)
  if (isOwnContainer(inspected)) throw refusal(`${container.name} is Hopwire's own helper`, container.at)
}

function imageOf(action: ManageAction): { name: string; at: string } | null {
  if (action.kind === 'remove-image') return { name: action.image, at: 'image' }
  return action.kind === 'run-container' ? { name: action.container.image, at: 'container.image' } : null
}

/** The container that an action is about, where it is there already. */
function containerOf(action: ManageAction): { name: string; at: string } | null {
  switch (action.kind) {
    case 'connect':
    case 'disconnect':
      return { name: action.container, at: 'container' }
    case 'container-verb':
    case 'rename-container':
    case 'remove-container':
      return { name: action.name, at: 'name' }
    default:
      return null
  }
}
