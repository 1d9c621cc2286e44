import type { ManageAction } from '../../../core/manage/action.ts'
import type { UploadedFile } from '../manager.ts'
import type { Change, Work } from './change.ts'
import { changeState, removeContainer, renameContainer, runContainer } from './change-container.ts'
import { importImage, removeImage } from './change-image.ts'
import { connectContainer, createNetwork, disconnectContainer, pruneNetworks, removeNetwork } from './change-network.ts'
import { refuseOwn } from './own-objects.ts'

/** Does what an action says. Rejects with the engine's errors or a refusal; nothing of it is left then. */
export async function performAction(work: Work, action: ManageAction, file: UploadedFile | null): Promise<Change> {
  await refuseOwn(work.calls, action)
  switch (action.kind) {
    case 'create-network':
      return createNetwork(work, action.network)
    case 'remove-network':
      return removeNetwork(work, action.name)
    case 'prune-networks':
      return pruneNetworks(work)
    case 'connect':
      return connectContainer(work, action.container, action.endpoint)
    case 'disconnect':
      return disconnectContainer(work, action.container, action.network)
    case 'run-container':
      return runContainer(work, action.container)
    case 'container-verb':
      return changeState(work, action.name, action.verb)
    case 'rename-container':
      return renameContainer(work, action.name, action.to)
    case 'remove-container':
      return removeContainer(work, action.name)
    case 'import-image':
      return importImage(work, file)
    case 'remove-image':
      return removeImage(work, action.image)
    default:
      return action satisfies never
  }
}
