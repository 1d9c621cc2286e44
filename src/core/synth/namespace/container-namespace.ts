import { defaultPolicyRules } from '../../host/default-policy-rules.ts'
import type { Interface } from '../../host/interface.ts'
import type { NetNamespace } from '../../host/namespace.ts'
import type { IptablesTable } from '../../host/ruleset.ts'
import { HOST_NAMESPACE, type Plan, type PlannedContainer, type PlannedEndpoint } from '../plan/plan.ts'
import { type AddedRoute, deriveRoutes } from './derive-routes.ts'
import { bridgeNetfilter, forwards } from './host-namespace.ts'
import { indexEndpoints, type IndexedEndpoint } from './index-endpoints.ts'
import { makeAddress, makeInterface, makeLinkLocal, makeLoopback } from './make-interface.ts'
import { listeningSockets, processOf, resolverPorts, resolverSockets } from './make-sockets.ts'
import { makeSysctls } from './make-sysctls.ts'

/** Returns the namespace that a container brought along. Who joined it (`--network container:X`) is in it as well. */
export function containerNamespace(
  plan: Plan,
  owner: PlannedContainer,
  iptables: readonly IptablesTable[],
): NetNamespace {
  const wires = indexEndpoints(plan).filter(({ container }) => container === owner)
  const hasSix = owner.endpoints.some(({ ipv6 }) => ipv6 !== null)
  const old = plan.generation === 20
  const devices = wires.map((wire) => makeDevice(plan, wire))
  const interfaces = [makeLoopback(!old || hasSix), ...devices]
  const inside = plan.containers.filter(({ namespace }) => namespace === owner.namespace)
  // What is left of a namespace whose container has stopped has its rules still, and nobody who listens.
  const resolver = owner.resolver && owner.mode !== 'shared' ? resolverSockets(resolverPorts(owner.scene.name)) : []
  const without = owner.endpoints.filter(({ ipv6 }) => ipv6 === null).map(({ device }) => device)
  return {
    id: owner.namespace ?? '',
    name: `container:${owner.scene.name}`,
    containers: inside.map(({ scene }) => scene.name),
    interfaces,
    routes: deriveRoutes(interfaces, defaultRoutes(plan, owner)),
    policyRules: [...defaultPolicyRules(4), ...defaultPolicyRules(6)],
    neighbors: [],
    fdb: [],
    rulesets: { iptables, nft: [], ipsets: [] },
    conntrack: [],
    sockets: [
      ...resolver,
      ...inside.flatMap((container) => listeningSockets(container.scene.listens ?? [], processOf(container))),
    ],
    sysctls: makeSysctls({
      devices: interfaces.map(({ name }) => name),
      // The kernel copies a new namespace's IPv4 settings from the first one, where the host's are.
      forwarding: forwards(plan),
      forwardingSix: false,
      bridgeNetfilter: bridgeNetfilter(plan),
      unprivilegedPort: 0,
      withoutSix: old ? ['all', 'default', ...(hasSix ? [] : ['lo']), ...without] : without,
      routeLocalnet: [],
      withoutRouters: [],
    }),
  }
}

function makeDevice(plan: Plan, { endpoint, index }: IndexedEndpoint): Interface {
  const { network, ipv4, ipv6, mac, device } = endpoint
  const mtu = network.mtu === 0 ? 1500 : network.mtu
  const addresses = [
    ...(ipv4 === null || network.ipv4 === null ? [] : [makeAddress(ipv4, network.ipv4.length)]),
    ...(ipv6 === null || network.ipv6 === null ? [] : [makeAddress(ipv6, network.ipv6.length), makeLinkLocal(mac)]),
  ]
  if (network.driver === 'bridge') {
    const made = makeInterface({ index, name: device, kind: 'veth', mac, mtu, carrier: true, addresses })
    return { ...made, peer: { namespace: HOST_NAMESPACE, device: endpoint.hostDevice } }
  }
  const kind = network.driver === 'ipvlan' ? 'ipvlan' : 'macvlan'
  const parentIndex = plan.scene.host.nics.findIndex(({ name }) => name === network.device) + 2
  const option = network.options[kind === 'macvlan' ? 'macvlan_mode' : 'ipvlan_mode']
  return {
    ...makeInterface({ index, name: device, kind, mac, mtu, carrier: true, addresses }),
    parentIndex,
    mode: option ?? (kind === 'macvlan' ? 'bridge' : 'l2'),
    parent: { namespace: HOST_NAMESPACE, device: network.device ?? '' },
  }
}

/** The default routes are those of one endpoint; an internal network of 20.10 has one as well, which leads nowhere. */
function defaultRoutes({ generation }: Plan, owner: PlannedContainer): readonly AddedRoute[] {
  const first = generation === 20 && owner.gateway === null ? (owner.endpoints[0] ?? null) : null
  const routeOf = (endpoint: PlannedEndpoint | null, key: 'ipv4' | 'ipv6'): readonly AddedRoute[] => {
    const subnet = endpoint?.network[key] ?? null
    if (endpoint === null || subnet === null || subnet.gateway === null) return []
    if (endpoint.network.options['ipvlan_mode'] === 'l3') return []
    return [{ family: subnet.family, to: 'default', via: subnet.gateway, device: endpoint.device }]
  }
  return [...routeOf(owner.gateway ?? first, 'ipv4'), ...routeOf(owner.gatewaySix ?? first, 'ipv6')]
}
