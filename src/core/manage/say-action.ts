import type { ContainerVerb, ManageAction } from './action.ts'

/** Returns what an action did, in words: `network my-net created`. */
export function sayDone(action: ManageAction): string {
  switch (action.kind) {
    case 'create-network':
      return `network ${action.network.name} created`
    case 'remove-network':
      return `network ${action.name} removed`
    case 'prune-networks':
      return 'unused networks removed'
    case 'connect':
      return `${action.container} connected to ${action.endpoint.network}`
    case 'disconnect':
      return `${action.container} disconnected from ${action.network}`
    case 'run-container':
      return `container ${action.container.name} runs`
    case 'container-verb':
      return `container ${action.name} ${DONE[action.verb]}`
    case 'rename-container':
      return `container ${action.name} renamed to ${action.to}`
    case 'remove-container':
      return `container ${action.name} removed`
    case 'import-image':
      return `image imported from ${action.file}`
    case 'remove-image':
      return `image ${action.image} removed`
    default:
      return action satisfies never
  }
}

/** Returns what an action has done that was refused half way: `container web stopped, not started again`. */
export function sayLeft(action: ManageAction): string {
  return action.kind === 'container-verb' ? `container ${action.name} stopped, not started again` : sayDone(action)
}

const DONE: Readonly<Record<ContainerVerb, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  pause: 'paused',
  unpause: 'unpaused',
}
