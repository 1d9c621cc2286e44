import type { HostState } from '../host/host-state.ts'
import type { ManageAction } from './action.ts'
import { checkContainer, checkContainerName } from './check-container.ts'
import { checkEndpoint } from './check-endpoint.ts'
import { checkNetwork } from './check-network.ts'
import { error } from './field-problem.ts'
import type { FieldProblem } from './plan.ts'

/**
 * Returns what is known to stand against an action on a host, field by field: errors are what Docker would refuse, in its
 * own words; warnings what works and surprises. An empty list is no promise: the engine has the last word.
 */
export function findProblems(state: HostState, action: ManageAction): readonly FieldProblem[] {
  switch (action.kind) {
    case 'create-network':
      return checkNetwork(state, action.network)
    case 'run-container':
      return checkContainer(state, action.container)
    case 'connect':
      return [...checkThere(state, action.container, 'container'), ...checkConnect(state, action)]
    case 'disconnect':
      return checkThere(state, action.container, 'container')
    case 'remove-network':
      return checkActive(state, action.name)
    case 'rename-container':
      return [
        ...checkThere(state, action.name, 'name'),
        ...(action.name === action.to
          ? [error('to', 'Renaming a container with the same name as its current name')]
          : checkContainerName(state, action.to, 'to', 'Error when allocating new name: ')),
      ]
    case 'container-verb':
    case 'remove-container':
      return checkThere(state, action.name, 'name')
    case 'prune-networks':
    case 'import-image':
    case 'remove-image':
      return []
    default:
      return action satisfies never
  }
}

function checkThere({ containers }: HostState, name: string, at: string): readonly FieldProblem[] {
  const isThere = containers.some((one) => one.name === name || one.id === name)
  return isThere ? [] : [error(at, `No such container: ${name}`)]
}

function checkConnect(state: HostState, { container, endpoint }: Extract<ManageAction, { kind: 'connect' }>) {
  const there = state.containers.find(({ name }) => name === container)
  const isIn = there?.endpoints.some(({ networkName }) => networkName === endpoint.network) === true
  const found = checkEndpoint(state, endpoint, 'endpoint')
  return isIn
    ? [
        ...found,
        error('endpoint.network', `endpoint with name ${container} already exists in network ${endpoint.network}`),
      ]
    : found
}

function checkActive({ networks, containers }: HostState, name: string): readonly FieldProblem[] {
  if (['bridge', 'host', 'none'].includes(name))
    return [error('name', `${name} is a pre-defined network and cannot be removed`)]
  const network = networks.find((one) => one.name === name)
  if (network === undefined) return [error('name', `network ${name} not found`)]
  const active = containers.filter(
    ({ pid, endpoints }) => pid !== 0 && endpoints.some((one) => one.network === network.id),
  )
  if (active.length === 0) return []
  const words = `error while removing network: network ${name} has active endpoints`
  return [error('name', `${words} (${active.map((one) => one.name).join(', ')})`)]
}
