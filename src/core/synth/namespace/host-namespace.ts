import { hasHadSix } from '../plan/has-had-six.ts'
import { defaultPolicyRules } from '../../host/default-policy-rules.ts'
import type { Interface, InterfaceAddress } from '../../host/interface.ts'
import type { NetNamespace } from '../../host/namespace.ts'
import type { FdbEntry } from '../../host/neighbor.ts'
import type { IptablesTable } from '../../host/ruleset.ts'
import { digestHex, digestMac } from '../digest.ts'
import { readFlag } from '../plan/check-options.ts'
import { OPTION } from '../plan/option-names.ts'
import { HOST_NAMESPACE, type Plan, type PlannedNetwork } from '../plan/plan.ts'
import type { SceneNic } from '../scene/scene.ts'
import { type AddedRoute, deriveRoutes } from './derive-routes.ts'
import { indexEndpoints, type IndexedEndpoint } from './index-endpoints.ts'
import { makeAddress, makeInterface, makeLinkLocal, makeLoopback } from './make-interface.ts'
import { listeningSockets, processOf, proxySockets } from './make-sockets.ts'
import { makeSysctls } from './make-sysctls.ts'

/** Returns the host's own namespace: its cards, Docker's bridges and the host's ends of the containers' wires. */
export function hostNamespace(plan: Plan, iptables: readonly IptablesTable[]): NetNamespace {
  const { scene, generation, daemon } = plan
  const wires = indexEndpoints(plan)
  const nics = scene.host.nics.map(makeNic)
  const bridges = plan.networks
    .filter(({ driver }) => driver === 'bridge')
    .map((network, position) => makeBridge(plan, network, nics.length + 2 + position, wires))
  const veths = wires.filter(({ endpoint }) => endpoint.network.driver === 'bridge').map((wire) => makeWire(plan, wire))
  const interfaces = [makeLoopback(true), ...nics, ...bridges, ...veths]
  const hosted = plan.containers.filter(({ namespace }) => namespace === HOST_NAMESPACE)
  const names = interfaces.map(({ name }) => name)
  const forwardsSix = daemon.ipForward && hasHadSix(plan)
  return {
    id: HOST_NAMESPACE,
    name: 'host',
    containers: hosted.map((container) => container.scene.name),
    interfaces,
    routes: deriveRoutes(interfaces, scene.host.nics.flatMap(nicRoutes), forwardsSix),
    policyRules: [...defaultPolicyRules(4), ...defaultPolicyRules(6)],
    neighbors: [],
    fdb: [...bridges, ...veths].flatMap(fdbOf),
    rulesets: { iptables, nft: [], ipsets: [] },
    conntrack: [],
    sockets: [
      ...proxySockets(plan),
      ...listeningSockets(scene.host.listens ?? [], { name: 'server', pid: 800 }),
      ...hosted.flatMap((container) => listeningSockets(container.scene.listens ?? [], processOf(container))),
    ],
    sysctls: makeSysctls({
      devices: names,
      forwarding: forwards(plan),
      forwardingSix: forwardsSix,
      bridgeNetfilter: bridgeNetfilter(plan),
      unprivilegedPort: 1024,
      withoutSix: bridges.filter((bridge) => isWithoutSix(plan, bridge.name)).map(({ name }) => name),
      routeLocalnet: daemon.userlandProxy ? [] : bridges.map(({ name }) => name),
      withoutRouters: bridges.map(({ name }) => name),
    }),
  }
  function isWithoutSix(of: Plan, bridge: string): boolean {
    return generation !== 20 && of.networks.some(({ device, ipv6 }) => device === bridge && ipv6?.mode === 'isolated')
  }
}

/** Docker turns forwarding on unless it was told not to. */
export function forwards({ daemon, scene }: Plan): boolean {
  return daemon.ipForward || scene.host.forwarding === true
}

/**
 * Whether bridged packets meet iptables: 20.10 loads br_netfilter at its start; later ones where a network keeps its
 * containers apart or there is no proxy (moby: bridge_linux.go enableBrNfCallIptables). The module comes switched on.
 */
export function bridgeNetfilter({ generation, daemon, scene, networks }: Plan): { ip: boolean; ip6: boolean } | null {
  const needed = networks.some(({ driver, icc }) => driver === 'bridge' && !icc) || !daemon.userlandProxy
  const loaded = daemon.iptables && (generation === 20 || needed)
  return scene.host.bridgeNetfilter === true || loaded ? { ip: true, ip6: true } : null
}

function makeNic({ name, mac, mtu, addresses }: SceneNic, position: number): Interface {
  const own = mac ?? digestMac(`nic ${name}`)
  const given = addresses.map((text, index) => {
    const [address = '', length = ''] = text.split('/')
    return makeAddress(address, Number(length), address.includes(':') || index === 0)
  })
  return makeInterface({
    index: position + 2,
    name,
    kind: 'physical',
    mac: own,
    mtu: mtu ?? 1500,
    carrier: true,
    addresses: [...given, makeLinkLocal(own)],
  })
}

function nicRoutes({ name, routes = [] }: SceneNic): readonly AddedRoute[] {
  return routes.map(({ to, via, metric }) => ({
    family: `${to} ${via ?? ''}`.includes(':') ? 6 : 4,
    to,
    via: via ?? null,
    device: name,
    ...(metric === undefined ? {} : { metric }),
  }))
}

function makeBridge(
  { generation, scene }: Plan,
  network: PlannedNetwork,
  index: number,
  wires: readonly IndexedEndpoint[],
): Interface {
  const name = network.device ?? ''
  const random = digestMac(`bridge ${network.name}`)
  const mac = generation === 20 ? `02:42:${digestHex(`bridge ${network.name}`, 8).match(/../g)?.join(':')}` : random
  const carrier = wires.some(({ endpoint }) => endpoint.network.name === network.name)
  const { ipv4, ipv6 } = network
  const addresses: InterfaceAddress[] = []
  const inhibited = readFlag(network.options[OPTION.inhibit4] ?? '') === true
  if (ipv4 !== null && ipv4.gateway !== null && ipv4.mode !== 'isolated' && !inhibited)
    addresses.push(makeAddress(ipv4.gateway, ipv4.length))
  if (ipv6 !== null && ipv6.gateway !== null && ipv6.mode !== 'isolated')
    addresses.push(makeAddress(ipv6.gateway, ipv6.length))
  // It comes with the first port, and stays when the last one is gone.
  const wired = carrier || scene.memory?.wired?.includes(network.name) === true
  if (wired && ipv6?.mode !== 'isolated') addresses.push(makeLinkLocal(mac))
  // Until 27, every bridge with IPv6 had the same address on its link besides; the newest is first.
  if (ipv6 !== null && generation === 20) addresses.push({ ...makeAddress('fe80::1', 64), scope: 'link' })
  // Before 28 a bridge takes the smallest size of its ports; later ones set it.
  const mtu = network.mtu === 0 || (generation === 20 && !carrier) ? 1500 : network.mtu
  const settings = { vlanFiltering: false, nfCallIptables: false, nfCallIp6tables: false, ageingSeconds: 300 }
  return { ...makeInterface({ index, name, kind: 'bridge', mac, mtu, carrier, addresses }), bridge: settings }
}

function makeWire({ daemon }: Plan, { endpoint, container, hostIndex }: IndexedEndpoint): Interface {
  const mac = digestMac(`wire ${endpoint.hostDevice}`)
  const mtu = endpoint.network.mtu === 0 ? 1500 : endpoint.network.mtu
  const addresses = [makeLinkLocal(mac)]
  const device = makeInterface({
    index: hostIndex,
    name: endpoint.hostDevice,
    kind: 'veth',
    mac,
    mtu,
    carrier: true,
    addresses,
  })
  return {
    ...device,
    master: endpoint.network.device,
    peer: { namespace: container.namespace ?? '', device: endpoint.device },
    port: { state: 'forwarding', hairpin: !daemon.userlandProxy, learning: true, flood: true, isolated: false },
  }
}

/** A bridge knows its own address and those of its ports without having heard them. */
function fdbOf({ name, mac, master }: Interface): readonly FdbEntry[] {
  if (mac === null) return []
  return [{ mac, device: name, master: master ?? name, permanent: true, self: false }]
}
