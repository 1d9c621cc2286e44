import { parseAddress } from '../net/address.ts'
import { parsePrefix } from '../net/prefix.ts'
import type { ConntrackEntry, ConntrackTuple } from './conntrack-entry.ts'
import type { BridgePortSettings, BridgeSettings, Interface, InterfaceAddress, PeerRef } from './interface.ts'
import type { NetNamespace } from './namespace.ts'
import { type FdbEntry, type Neighbor, NEIGHBOR_STATES } from './neighbor.ts'
import { type NextHop, type PolicyRule, type Route, ROUTE_TYPES } from './route.ts'
import type { HashlimitBucket, HashlimitTable, RecentEntry, RecentList, RuleState } from './rule-state.ts'
import { rulesetsShape } from './rule-shapes.ts'
import {
  flag,
  integer,
  list,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  textThat,
} from './shape.ts'
import type { Socket, SocketProcess } from './socket.ts'

export const family = oneOf(4, 6)
export const address = textThat('an IP address', (value) => parseAddress(value) !== null)
export const prefix = textThat('a prefix (172.17.0.0/16)', (value) => parsePrefix(value) !== null)
const mac = textThat('a MAC address', (value) => /^[0-9a-f]{2}(:[0-9a-f]{2})*$/.test(value))
export const port = integer(0, 65535)

/** Tunnels have other link-layer addresses than MACs: an IPv4 or IPv6 address, or none. */
const linkAddress = text

const interfaceAddress = object<InterfaceAddress>({
  family,
  address,
  prefixLength: integer(0, 128),
  scope: oneOf('global', 'link', 'host', 'site'),
  primary: flag,
  broadcast: optional(text),
  peer: optional(text),
  tentative: optional(flag),
  deprecated: optional(flag),
})

const bridge = object<BridgeSettings>({
  vlanFiltering: flag,
  nfCallIptables: flag,
  nfCallIp6tables: flag,
  ageingSeconds: number,
})

const bridgePort = object<BridgePortSettings>({
  state: oneOf('forwarding', 'disabled', 'listening', 'learning', 'blocking'),
  hairpin: flag,
  learning: flag,
  flood: flag,
  isolated: flag,
})

const kind = oneOf<Interface['kind']>(
  'loopback',
  'veth',
  'bridge',
  'physical',
  'macvlan',
  'ipvlan',
  'vxlan',
  'dummy',
  'tun',
  'vlan',
  'bond',
  'other',
)

const peerRef = object<PeerRef>({ namespace: text, device: text })

const device = object<Interface>({
  index: integer(1),
  name: text,
  kind,
  mac: nullable(linkAddress),
  mtu: integer(0),
  up: flag,
  carrier: flag,
  operState: text,
  master: nullable(text),
  addresses: list(interfaceAddress),
  peer: nullable(peerRef),
  bridge: optional(bridge),
  port: optional(bridgePort),
  parentIndex: optional(integer(0)),
  mode: optional(text),
  vxlanId: optional(integer(0)),
  vlanId: optional(integer(0)),
  apart: optional(oneOf('private', 'vepa')),
  activeSlave: optional(text),
  parent: optional(peerRef),
})

const nextHop = object<NextHop>({
  via: nullable(address),
  device: nullable(text),
  weight: integer(0),
  onlink: flag,
  linkDown: flag,
})

const route = object<Route>({
  family,
  table: text,
  type: oneOf<Route['type']>(...ROUTE_TYPES),
  destination: prefix,
  preferredSource: nullable(address),
  metric: integer(0),
  scope: text,
  nextHops: list(nextHop),
  mtu: optional(integer(0)),
  tos: optional(integer(0)),
  text,
})

const policyRule = object<PolicyRule>({
  family,
  priority: integer(0),
  not: flag,
  from: nullable(prefix),
  to: nullable(prefix),
  inDevice: nullable(text),
  outDevice: nullable(text),
  mark: nullable(object({ value: integer(0), mask: integer(0) })),
  action: oneOf('table', 'blackhole', 'unreachable', 'prohibit', 'nop', 'goto', 'unknown'),
  table: nullable(text),
  suppressPrefixLength: nullable(integer()),
  unsupported: list(text),
  text,
})

const neighbor = object<Neighbor>({
  family,
  address,
  device: text,
  mac: nullable(linkAddress),
  state: oneOf<Neighbor['state']>(...NEIGHBOR_STATES),
})

const fdbEntry = object<FdbEntry>({
  mac,
  device: text,
  master: nullable(text),
  permanent: flag,
  self: flag,
  remote: optional(text),
})

const tuple = object<ConntrackTuple>({
  src: address,
  dst: address,
  sourcePort: optional(port),
  destinationPort: optional(port),
})

const conntrackEntry = object<ConntrackEntry>({
  family,
  protocol: textThat('a protocol', (value) => /^(icmp|icmpv6|tcp|udp|sctp|arp|\d+)$/.test(value)),
  timeoutSeconds: number,
  state: nullable(text),
  original: tuple,
  reply: tuple,
  flags: list(text),
  mark: integer(0),
  zone: integer(0),
})

const socket = object<Socket>({
  protocol: oneOf('tcp', 'udp', 'sctp'),
  family,
  address,
  port,
  device: nullable(text),
  ipv6Only: flag,
  process: nullable(object<SocketProcess>({ name: text, pid: integer(0) })),
  proxyTo: nullable(object({ address, port })),
})

const recentEntry = object<RecentEntry>({ address, ttl: integer(0, 255), times: integer(0) })

const hashlimitBucket = object<HashlimitBucket>({
  source: address,
  sourcePort: port,
  destination: address,
  destinationPort: port,
  // Too large to be exact for slow limits.
  credit: number,
  cost: number,
})

const ruleState = object<RuleState>({
  recent: list(object<RecentList>({ name: text, entries: list(recentEntry) })),
  hashlimit: list(object<HashlimitTable>({ family, name: text, buckets: list(hashlimitBucket) })),
  ipvsServices: integer(0),
  ipsecPolicies: nullable(integer(0)),
})

/** The shape of one network namespace. */
export const namespaceShape: Shape = object<NetNamespace>({
  id: text,
  name: text,
  containers: list(text),
  interfaces: list(device),
  routes: list(route),
  policyRules: list(policyRule),
  neighbors: list(neighbor),
  fdb: list(fdbEntry),
  rulesets: rulesetsShape,
  conntrack: nullable(list(conntrackEntry)),
  sockets: nullable(list(socket)),
  ruleState: optional(ruleState),
  sysctls: mapOf(text),
})

/** The shapes of a namespace's parts, for those who read them one by one. */
export const partShapes = {
  device,
  route,
  policyRule,
  neighbor,
  fdbEntry,
  conntrackEntry,
  socket,
  recentEntry,
  hashlimitBucket,
} as const
