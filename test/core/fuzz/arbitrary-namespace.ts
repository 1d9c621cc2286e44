import fc from 'fast-check'
import type { ConntrackEntry } from '../../../src/core/host/conntrack-entry.ts'
import type { Interface, InterfaceAddress } from '../../../src/core/host/interface.ts'
import type { FdbEntry, Neighbor } from '../../../src/core/host/neighbor.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'
import type { PolicyRule, Route } from '../../../src/core/host/route.ts'
import type { Socket } from '../../../src/core/host/socket.ts'
import { anyRulesets } from './arbitrary-rules.ts'
import {
  addresses4,
  addresses6,
  anyAddress,
  anyDevice,
  anyMac,
  anyPrefix,
  devices,
  namespaceIds,
} from './arbitrary-words.ts'

const flag = fc.boolean()
const usually = (value: boolean): fc.Arbitrary<boolean> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constant(!value) })
const anyPort = fc.constantFrom(0, 7, 53, 80, 8080, 65535)
const family = fc.constantFrom<4 | 6>(4, 6)

/** Fields that may be missing come with `requiredKeys`; those must never be there as undefined. */
const withOptional = <T>(required: object, optional: object): fc.Arbitrary<T> =>
  fc.record({ ...required, ...optional } as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: Object.keys(required),
  }) as unknown as fc.Arbitrary<T>

const anyInterfaceAddress: fc.Arbitrary<InterfaceAddress> = fc
  .tuple(fc.constantFrom(...addresses4, ...addresses6, '127.0.0.1', '::1'), fc.constantFrom(0, 8, 16, 24, 32, 64), flag)
  .chain(([address, length, primary]) =>
    withOptional<InterfaceAddress>(
      {
        family: fc.constant(address.includes(':') ? 6 : 4),
        address: fc.constant(address),
        prefixLength: fc.constant(address.includes(':') ? length * 2 : Math.min(length, 32)),
        scope: fc.constantFrom('global', 'link', 'host', 'site'),
        primary: fc.constant(primary),
      },
      { broadcast: fc.constant('172.17.255.255'), peer: anyAddress, tentative: flag },
    ),
  )

const anyKind = fc.oneof(
  { weight: 6, arbitrary: fc.constant('veth' as const) },
  { weight: 3, arbitrary: fc.constant('bridge' as const) },
  { weight: 3, arbitrary: fc.constantFrom('physical', 'loopback') },
  { weight: 1, arbitrary: fc.constantFrom('macvlan', 'ipvlan', 'vxlan', 'dummy', 'tun', 'vlan', 'bond', 'other') },
)

export const anyPeer = fc.record({
  namespace: fc.constantFrom(...namespaceIds, 'gone'),
  device: fc.constantFrom(...devices, 'gone'),
})

/** A device of a name. Bridges in bridges, veths that are their own peer, ports of what is no bridge: all of it. */
function anyInterface(index: number, name: string): fc.Arbitrary<Interface> {
  const required = {
    index: fc.constant(index),
    name: fc.constant(name),
    kind: name === 'lo' ? fc.constant('loopback') : name.startsWith('br') ? fc.constant('bridge') : anyKind,
    mac: fc.option(anyMac, { freq: 8 }),
    mtu: fc.constantFrom(0, 68, 576, 1280, 1500, 1500, 1500, 65536),
    up: usually(true),
    carrier: usually(true),
    operState: fc.constantFrom('UP', 'DOWN', 'UNKNOWN', ''),
    master: name.startsWith('veth')
      ? fc.constantFrom('br0', 'br0', 'br1', null, 'gone')
      : fc.constantFrom(null, null, null, 'br0', 'eth0'),
    addresses: fc.array(anyInterfaceAddress, { maxLength: 3 }),
    peer: name.startsWith('veth') || name === 'eth0' ? fc.option(anyPeer, { freq: 5 }) : fc.constant(null),
  }
  const optional = {
    bridge: fc.record({
      vlanFiltering: usually(false),
      nfCallIptables: flag,
      nfCallIp6tables: flag,
      ageingSeconds: fc.constantFrom(0, 300),
    }),
    port: fc.record({
      state: fc.constantFrom('forwarding', 'forwarding', 'forwarding', 'disabled', 'blocking'),
      hairpin: flag,
      learning: usually(true),
      flood: usually(true),
      isolated: usually(false),
    }),
    parentIndex: fc.nat(9),
  }
  return withOptional<Interface>(required, optional)
}

const anyInterfaces = fc
  .subarray([...devices])
  .chain((names) => fc.tuple(...names.map((name, index) => anyInterface(index + 1, name))))

export const anyRoute: fc.Arbitrary<Route> = withOptional<Route>(
  {
    family,
    table: fc.constantFrom('local', 'main', 'main', 'default', '100'),
    type: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('unicast', 'local') },
      { weight: 1, arbitrary: fc.constantFrom('broadcast', 'multicast', 'anycast', 'throw') },
      { weight: 1, arbitrary: fc.constantFrom('blackhole', 'unreachable', 'prohibit') },
    ),
    destination: anyPrefix,
    preferredSource: fc.option(anyAddress, { freq: 1 }),
    metric: fc.nat(3),
    scope: fc.constantFrom('global', 'link', 'host', '7'),
    nextHops: fc.array(
      fc.record({
        via: fc.option(anyAddress),
        device: fc.option(anyDevice, { freq: 9 }),
        weight: fc.nat(2),
        onlink: flag,
        linkDown: usually(false),
      }),
      { maxLength: 2 },
    ),
    text: fc.string(),
  },
  { mtu: fc.constantFrom(0, 68, 1400), tos: fc.nat(16) },
)

export const anyPolicyRule: fc.Arbitrary<PolicyRule> = fc.record({
  family,
  priority: fc.constantFrom(0, 100, 32766, 32767),
  not: usually(false),
  from: fc.option(anyPrefix, { freq: 1 }),
  to: fc.option(anyPrefix, { freq: 1 }),
  inDevice: fc.option(anyDevice, { freq: 1 }),
  outDevice: fc.option(anyDevice, { freq: 1 }),
  mark: fc.option(fc.record({ value: fc.nat(3), mask: fc.constantFrom(0, 1, 0xffffffff) }), { freq: 1 }),
  action: fc.constantFrom('table', 'table', 'table', 'blackhole', 'unreachable', 'prohibit', 'nop', 'goto', 'unknown'),
  table: fc.constantFrom('local', 'main', '100', 'nowhere', null),
  suppressPrefixLength: fc.constantFrom(null, null, -1, 0, 16),
  unsupported: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.string(), { maxLength: 2 }) },
  ),
  text: fc.string(),
})

const tuple = withOptional<ConntrackEntry['original']>(
  { src: anyAddress, dst: anyAddress },
  { sourcePort: anyPort, destinationPort: anyPort },
)

export const anyConnection: fc.Arbitrary<ConntrackEntry> = fc.record({
  family,
  protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'icmpv6', '47'),
  timeoutSeconds: fc.nat(100),
  state: fc.constantFrom(null, 'ESTABLISHED', 'TIME_WAIT', 'CLOSE', 'SYN_SENT', 'nonsense'),
  original: tuple,
  reply: tuple,
  flags: fc.subarray(['ASSURED', 'UNREPLIED', 'OFFLOAD']),
  mark: fc.nat(3),
  zone: fc.constantFrom(0, 0, 1),
})

export const anySocket: fc.Arbitrary<Socket> = fc.record({
  protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
  family,
  address: fc.constantFrom('0.0.0.0', '::', '::ffff:172.17.0.2', ...addresses4),
  port: anyPort,
  device: fc.option(anyDevice, { freq: 1 }),
  ipv6Only: flag,
  process: fc.option(fc.record({ name: fc.string(), pid: fc.nat() })),
  proxyTo: fc.option(fc.record({ address: anyAddress, port: anyPort }), { freq: 1 }),
})

const sysctlNames = [
  'ipv4/ip_forward',
  'ipv4/ip_default_ttl',
  'ipv4/conf/all/rp_filter',
  'ipv4/conf/br0/rp_filter',
  'ipv4/conf/all/route_localnet',
  'ipv4/conf/all/accept_local',
  'ipv4/conf/all/arp_ignore',
  'ipv4/icmp_echo_ignore_all',
  'ipv6/conf/all/forwarding',
  'ipv6/conf/all/hop_limit',
  'bridge/bridge-nf-call-iptables',
  'bridge/bridge-nf-call-ip6tables',
  'netfilter/nf_conntrack_tcp_loose',
]

export const anySysctls = fc.oneof(
  fc.dictionary(fc.constantFrom(...sysctlNames), fc.constantFrom('0', '1', '1', '2', '64', '255', '-1', 'x', ''), {
    noNullPrototype: true,
  }),
  fc.constant({ 'ipv4/ip_forward': '1', 'ipv4/ip_default_ttl': '255', 'bridge/bridge-nf-call-iptables': '1' }),
)

export const anyNeighbor: fc.Arbitrary<Neighbor> = fc.record({
  family,
  address: anyAddress,
  device: anyDevice,
  mac: fc.option(anyMac),
  state: fc.constantFrom('reachable', 'stale', 'failed', 'incomplete', 'permanent', 'noarp', 'none'),
})

export const anyFdbEntry: fc.Arbitrary<FdbEntry> = fc.record({
  mac: anyMac,
  device: anyDevice,
  master: fc.option(anyDevice),
  permanent: flag,
  self: flag,
})

/** One namespace of an id: its parts have nothing to do with each other but the words that they share. */
export function anyNamespace(id: string): fc.Arbitrary<NetNamespace> {
  return fc.record({
    id: fc.constant(id),
    name: fc.constant(id),
    containers: fc.constant(id === 'host' ? [] : [id.slice('container:'.length)]),
    interfaces: anyInterfaces,
    routes: fc.array(anyRoute, { maxLength: 8 }),
    policyRules: fc.oneof(fc.constant([]), fc.array(anyPolicyRule, { maxLength: 4 })),
    neighbors: fc.array(anyNeighbor, { maxLength: 5 }),
    fdb: fc.array(anyFdbEntry, { maxLength: 4 }),
    rulesets: fc.oneof(fc.constant({ iptables: [], nft: [], ipsets: [] }), anyRulesets),
    conntrack: fc.option(fc.array(anyConnection, { maxLength: 4 }), { freq: 8 }),
    sockets: fc.option(fc.array(anySocket, { maxLength: 5 }), { freq: 8 }),
    sysctls: anySysctls,
  })
}
