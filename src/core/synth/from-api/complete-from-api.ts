import type { Container } from '../../host/container.ts'
import type { Gap, HostState } from '../../host/host-state.ts'
import type { NetNamespace } from '../../host/namespace.ts'
import { containerNamespace } from '../namespace/container-namespace.ts'
import { hostNamespace } from '../namespace/host-namespace.ts'
import { resolverPorts } from '../namespace/make-sockets.ts'
import { HOST_NAMESPACE, type Plan, type PlannedContainer } from '../plan/plan.ts'
import { writeHostRules } from '../rules/write-host-rules.ts'
import { writeResolverRules } from '../rules/write-resolver-rules.ts'
import { type ReadTables, tablesOf } from '../synthesize-host.ts'
import { nearestGeneration, planFromApi } from './plan-from-api.ts'

/** What a gap is called whose place was filled with what Docker would have made. */
export const ASSUMED = 'assumed'

/**
 * Completes a host of which Docker's API alone was read: namespaces, devices, routes and rules are those that Docker would
 * have made. What it has no part in stays unknown, each with a gap: what listens, and the host's own cards, routes and
 * rules. The order of rules of equal effect is not told by the API. Podman's hosts and rootless ones stay as they are.
 */
export function completeFromApi(state: HostState, readTables: ReadTables): HostState {
  if (state.origin !== 'api' || state.engine.name !== 'docker' || state.engine.rootless) return state
  const plan = planFromApi(state)
  const owners = plan.containers.filter(({ running, mode }) => running && (mode === 'own' || mode === 'none'))
  const host = hostNamespace(plan, tablesOf(writeHostRules(plan), readTables))
  const inside = owners.map((owner) => {
    const rules = owner.resolver ? tablesOf(writeResolverRules(resolverPorts(owner.scene.name)), readTables) : []
    return { ...containerNamespace(plan, owner, rules), sockets: null }
  })
  const namespaces: readonly NetNamespace[] = [host, ...inside]
  return {
    ...state,
    namespaces,
    containers: state.containers.map((container) => completeContainer(plan, container)),
    gaps: [
      ...state.gaps.map(asAssumed),
      ...hostGaps(state),
      ...namespaces.slice(1).map(socketGap),
      ...strangers(state, plan),
    ],
  }
}

/** The gap that stood for everything says from now on why the rest is assumed. */
function asAssumed(gap: Gap): Gap {
  return gap.namespace === null && gap.what === 'namespace' ? { ...gap, what: ASSUMED } : gap
}

function hostGaps({ engine }: HostState): readonly Gap[] {
  const gap = (what: string, why: string): Gap => ({ namespace: HOST_NAMESPACE, what, why })
  const near = nearestGeneration(engine.generation)
  const other = near !== engine.generation && engine.generation < 28
  return [
    gap('sockets', 'the API tells of published ports only, not of what else listens on the host'),
    gap(ASSUMED, 'the host is assumed to have one card, eth0, and no rules but those of Docker'),
    ...(other ? [gap(ASSUMED, `the rules are laid out as those of Docker 20.10; this is ${engine.version}`)] : []),
  ]
}

function socketGap({ id }: NetNamespace): Gap {
  return { namespace: id, what: 'sockets', why: 'the API does not tell what listens in a container' }
}

/** Networks of other drivers are not known: what a container has there is missing. */
function strangers({ containers, networks }: HostState, plan: Plan): readonly Gap[] {
  const known = new Set(plan.networks.map(({ name }) => name))
  return containers.flatMap(({ name, pid, endpoints }) => {
    const other = endpoints.find(({ networkName }) => !known.has(networkName))
    if (pid === 0 || other === undefined) return []
    const driver = networks.find((network) => network.name === other.networkName)?.driver ?? 'unknown'
    const why = `what driver ${driver} makes of network ${other.networkName} is not known without the helper`
    return [{ namespace: `container:${name}`, what: 'interfaces', why }]
  })
}

/** dockerd's resolver is told by the kind of network; which servers it asks is not. */
function completeContainer(plan: Plan, container: Container): Container {
  const planned: PlannedContainer | undefined = plan.containers.find(({ id }) => id === container.id)
  if (planned === undefined || planned.namespace === null) return container
  const resolvConf = planned.resolver ? 'nameserver 127.0.0.11\noptions ndots:0\n' : null
  return { ...container, namespace: planned.namespace, resolvConf }
}
