import type { Container } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { listUnusedNetworks } from '../../../core/synth/scene/edit-scene.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'

/** Returns what an action on a sandbox takes away, one sentence each. All of it comes back with undo. */
export function listLosses(scene: Scene, state: HostState, action: ManageAction): readonly string[] {
  const named = (name: string): Container | undefined => state.containers.find((one) => one.name === name)
  switch (action.kind) {
    case 'remove-network':
      return networkLosses(state, action.name)
    case 'prune-networks':
      return listUnusedNetworks(scene).flatMap((name) => networkLosses(state, name))
    case 'disconnect':
      return addressLosses(named(action.container), action.network)
    case 'remove-container':
      return containerLosses(named(action.name))
    case 'container-verb':
      return action.verb === 'stop' || action.verb === 'restart' ? addressLosses(named(action.name), null) : []
    case 'create-network':
    case 'connect':
    case 'run-container':
    case 'rename-container':
    case 'import-image':
    case 'remove-image':
      return []
    default:
      return action satisfies never
  }
}

function networkLosses({ networks, containers }: HostState, name: string): readonly string[] {
  const network = networks.find((one) => one.name === name)
  if (network === undefined) return []
  const subnets = network.subnets.map(({ prefix }) => prefix).join(' and ')
  const members = containers.filter(({ endpoints }) => endpoints.some(({ networkName }) => networkName === name))
  return [
    `network ${name} with ${subnets === '' ? 'its settings' : subnets}`,
    ...members.map((one) => `${one.name}, which does not run, is in ${name}: it cannot be started any more`),
  ]
}

function addressLosses(container: Container | undefined, network: string | null): readonly string[] {
  const left = container?.endpoints.filter(({ networkName }) => network === null || networkName === network) ?? []
  return left.flatMap(({ networkName, ipv4, ipv6 }) => {
    const addresses = [ipv4, ipv6].filter((address) => address !== null)
    return addresses.length === 0
      ? []
      : [`${addresses.join(' and ')} of ${container?.name} in ${networkName}: others may be given it`]
  })
}

function containerLosses(container: Container | undefined): readonly string[] {
  if (container === undefined) return []
  return [`container ${container.name} with all that was written inside`, ...addressLosses(container, null)]
}
