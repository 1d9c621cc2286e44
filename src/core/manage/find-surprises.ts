import type { HostState } from '../host/host-state.ts'
import type { Route } from '../host/route.ts'
import { contains, overlaps, toRange } from '../synth/address/ip-range.ts'
import type { SceneEndpoint } from '../synth/scene/scene.ts'
import type { ManageAction, NetworkSpec } from './action.ts'
import { commandGaps } from './format-command.ts'
import type { FieldProblem } from './plan.ts'

/**
 * Returns what Docker would do without a word and what may surprise: options that this generation does not know, subnets
 * that the host has a way to already.
 */
export function findSurprises(
  state: HostState | null,
  generation: number,
  action: ManageAction,
): readonly FieldProblem[] {
  const gaps = commandGaps(action)
  return [...gaps, ...findIgnored(generation, action), ...findOverlaps(state, action)].map((one) => ({
    ...one,
    severity: 'warning' as const,
  }))
}

type Surprise = Omit<FieldProblem, 'severity'>

/** The API passes over what it does not know (moby:docs/api/version-history.md 1.44, 1.47, 1.48). */
function findIgnored(generation: number, action: ManageAction): readonly Surprise[] {
  if (generation === 0) return []
  const here = `Docker ${generation === 20 ? '20.10' : generation}`
  if (action.kind === 'create-network' && action.network.ipv4 === false && generation < 28)
    return [{ at: 'network.ipv4', message: `${here} makes no network without IPv4: it is given one all the same` }]
  return endpointsOf(action).flatMap(({ at, endpoint, isFirst }) => [
    ...(endpoint.priority !== undefined && generation < 28
      ? [{ at: `${at}.priority`, message: `${here} knows no priority of gateways: it is passed over` }]
      : []),
    ...(endpoint.mac !== undefined && generation < 25 && !isFirst
      ? [{ at: `${at}.mac`, message: `${here} takes no MAC address for a further network: it is passed over` }]
      : []),
  ])
}

function endpointsOf(
  action: ManageAction,
): readonly { readonly at: string; readonly endpoint: SceneEndpoint; readonly isFirst: boolean }[] {
  if (action.kind === 'connect') return [{ at: 'endpoint', endpoint: action.endpoint, isFirst: false }]
  if (action.kind !== 'run-container') return []
  return (action.container.networks ?? []).map((endpoint, index) => ({
    at: `container.networks[${index}]`,
    endpoint,
    isFirst: index === 0,
  }))
}

/** Docker compares a subnet that was asked for with those of its networks alone; the host's routes are left to the user. */
function findOverlaps(state: HostState | null, action: ManageAction): readonly Surprise[] {
  if (action.kind !== 'create-network' || state === null || state.origin === 'api') return []
  const [root] = state.namespaces
  if (root === undefined) return []
  const bridges = new Set(state.networks.map(({ bridge }) => bridge))
  const foreign = root.interfaces.filter(({ name }) => !bridges.has(name) && name !== 'lo')
  const own = foreign.flatMap(({ name, addresses }) => addresses.map(({ address }) => ({ name, address })))
  return subnetsOf(action.network).flatMap(({ at, subnet }) => {
    const range = toRange(subnet)
    const mine = own.find(({ address }) => contains(range, address))
    if (mine !== undefined)
      return [{ at, message: `${mine.address} of ${mine.name} is within ${subnet}: Docker takes it all the same` }]
    const route = root.routes.find((one) => isForeign(one, bridges) && overlaps(toRange(one.destination), range))
    const device = route?.nextHops[0]?.device ?? 'another device'
    return route === undefined
      ? []
      : [
          {
            at,
            message: `the host has a route to ${route.destination} over ${device}: Docker takes ${subnet} all the same, and one of them gets the packets of both`,
          },
        ]
  })
}

function subnetsOf({ subnets = [] }: NetworkSpec): readonly { readonly at: string; readonly subnet: string }[] {
  return subnets.map(({ subnet }, index) => ({ at: `network.subnets[${index}].subnet`, subnet }))
}

function isForeign({ type, table, destination, nextHops }: Route, bridges: ReadonlySet<string | null>): boolean {
  const usual = destination === '0.0.0.0/0' || destination === '::/0' || destination.startsWith('fe80:')
  return type === 'unicast' && table === 'main' && !usual && !nextHops.some(({ device }) => bridges.has(device))
}
