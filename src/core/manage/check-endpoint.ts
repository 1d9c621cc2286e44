import type { DockerNetwork } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { canonicalAddress } from '../net/address.ts'
import { contains, toRange } from '../synth/address/ip-range.ts'
import { nearestGeneration } from '../synth/from-api/plan-from-api.ts'
import { aboutAskedAddress, whileSettingUp } from '../synth/plan/words.ts'
import type { SceneEndpoint } from '../synth/scene/scene.ts'
import { error, warning } from './field-problem.ts'
import type { FieldProblem } from './plan.ts'

/**
 * Returns what stands against a container's attachment to a network, in Docker's own words where it would refuse. `path` is
 * that of the endpoint in the action. Whether a subnet was written down by somebody, which Docker asks for where an address
 * is given, is not told by its API.
 */
export function checkEndpoint(state: HostState, endpoint: SceneEndpoint, path: string): readonly FieldProblem[] {
  const network = state.networks.find(({ name, id }) => name === endpoint.network || id === endpoint.network)
  if (network === undefined) return [error(`${path}.network`, `network ${endpoint.network} not found`)]
  return [
    ...checkAliases(state, endpoint, network, path),
    ...checkAddress(state, network, endpoint.ipv4, `${path}.ipv4`),
    ...checkAddress(state, network, endpoint.ipv6, `${path}.ipv6`),
    ...checkPriority(state, endpoint, path),
  ]
}

function checkAliases(
  { engine }: HostState,
  { aliases = [] }: SceneEndpoint,
  network: DockerNetwork,
  path: string,
): readonly FieldProblem[] {
  if (aliases.length === 0 || network.name !== 'bridge') return []
  const words = 'network-scoped alias is supported only for containers in user defined networks'
  return [error(`${path}.aliases`, aboutAskedAddress(nearestGeneration(engine.generation), network.name, [words]))]
}

function checkAddress(
  state: HostState,
  network: DockerNetwork,
  asked: string | undefined,
  at: string,
): readonly FieldProblem[] {
  if (asked === undefined) return []
  const generation = nearestGeneration(state.engine.generation)
  const refuse = (words: string): readonly FieldProblem[] => [
    error(at, aboutAskedAddress(generation, network.name, [words])),
  ]
  if (network.name === 'bridge') return refuse('user specified IP address is supported on user defined networks only')
  const family = asked.includes(':') ? 6 : 4
  const subnet = network.subnets.find((one) => one.family === family)
  if (subnet === undefined)
    return refuse(
      'user specified IP address is supported only when connecting to networks with user configured subnets',
    )
  if (!contains(toRange(subnet.prefix), asked))
    return generation === 20
      ? [error(at, `Invalid address ${asked}: It does not belong to any of this network's subnets`)]
      : refuse(`no configured subnet or ip-range contain the IP address ${asked}`)
  const holder = findHolder(state, network, asked)
  return holder === null ? [] : [error(at, `${whileSettingUp(generation, 'Address already in use')} (${holder})`)]
}

/** Who has an address: a container that runs, or the network itself. */
function findHolder(state: HostState, { id, bridge, subnets }: DockerNetwork, asked: string): string | null {
  const wanted = canonicalAddress(asked)
  const holder = state.containers.find((container) =>
    container.endpoints.some(
      ({ network, ipv4, ipv6 }) => container.pid !== 0 && network === id && (ipv4 === wanted || ipv6 === wanted),
    ),
  )
  if (holder !== undefined) return holder.name
  const device = state.namespaces[0]?.interfaces.find(({ name }) => name === bridge)
  const isGateway =
    subnets.some(({ gateway }) => gateway?.split('/')[0] === wanted) ||
    device?.addresses.some(({ address }) => address === wanted) === true
  return isGateway ? 'the gateway' : null
}

/** `--gw-priority` came with 28. */
function checkPriority({ engine }: HostState, { priority }: SceneEndpoint, path: string): readonly FieldProblem[] {
  if (priority === undefined || engine.generation >= 28 || engine.generation === 0) return []
  return [warning(`${path}.priority`, 'Docker before 28 knows no priority: it has no effect')]
}
