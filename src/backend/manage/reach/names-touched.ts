import type { ManageAction } from '../../../core/manage/action.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'

/** Returns the containers that an action is about: their ways are looked at first. */
export function namesTouched(before: Scene, after: Scene, action: ManageAction): ReadonlySet<string> {
  switch (action.kind) {
    case 'create-network':
      return inNetworks(after, [action.network.name])
    case 'remove-network':
      return inNetworks(before, [action.name])
    case 'prune-networks':
      return inNetworks(
        before,
        before.networks.flatMap(({ name }) => (after.networks.some((other) => other.name === name) ? [] : [name])),
      )
    case 'connect':
    case 'disconnect':
      return new Set([action.container])
    case 'run-container':
      return new Set([action.container.name])
    case 'rename-container':
      return new Set([action.name, action.to])
    case 'container-verb':
    case 'remove-container':
      return new Set([action.name])
    case 'import-image':
    case 'remove-image':
      return new Set()
    default:
      return action satisfies never
  }
}

function inNetworks({ containers }: Scene, names: readonly string[]): ReadonlySet<string> {
  const inside = containers.filter(({ networks = [] }) => networks.some(({ network }) => names.includes(network)))
  return new Set(inside.map(({ name }) => name))
}
