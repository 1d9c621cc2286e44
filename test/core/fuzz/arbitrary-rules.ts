import fc from 'fast-check'
import type { Match, PortRange } from '../../../src/core/host/match.ts'
import type { IptablesRule, IptablesTable, Rulesets } from '../../../src/core/host/ruleset.ts'
import type { Target } from '../../../src/core/host/target.ts'
import { moduleShapes } from './arbitrary-modules.ts'
import { anyNftTable } from './arbitrary-nft.ts'
import { anyAddress, anyDevice, anyMac, anyPrefixText } from './arbitrary-words.ts'

const flag = fc.boolean()
const word32 = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffffffff }))
const byte = fc.integer({ min: 0, max: 255 })
const somePort = fc.constantFrom(0, 7, 53, 80, 8080, 65535)
const negated = { negated: flag }

/** Turned round, too: a range that holds nothing is legal JSON. */
const portRange: fc.Arbitrary<PortRange> = fc.record({ from: somePort, to: somePort })

const chainNames = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING', 'A', 'B', 'C'] as const
const anyChain = fc.constantFrom(...chainNames, 'MISSING')
const ctField = fc.constantFrom('original-source', 'original-destination', 'reply-source', 'reply-destination')
const side = fc.constantFrom('source', 'destination')
const ctState = fc.constantFrom('INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT')
const addressType = fc.constantFrom('LOCAL', 'UNICAST', 'BROADCAST', 'MULTICAST', 'UNSPEC', 'XRESOLVE')
const statuses = fc.constantFrom('SNAT', 'DNAT', 'ASSURED', 'CONFIRMED', 'EXPECTED', 'NONE', 'what')
const tcpFlags = fc.uniqueArray(fc.constantFrom('SYN', 'ACK', 'RST', 'FIN', 'what'), { maxLength: 3 })

/** The member of a union of that kind, also where one member has several kinds. */
type Of<Union, Kind> = Union extends { readonly kind: infer Kinds } ? (Kind extends Kinds ? Union : never) : never

type Shapes = { readonly [K in Match['kind']]: fc.Arbitrary<Omit<Of<Match, K>, 'kind'>> }

/** One generator for each kind of condition: a kind that is missing here does not compile. */
const matches: Shapes = {
  protocol: fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'icmpv6', '47', 'nonsense', ''), ...negated }),
  source: fc.record({ prefix: anyPrefixText, ...negated }),
  destination: fc.record({ prefix: anyPrefixText, ...negated }),
  'in-interface': fc.record({ name: anyDevice, ...negated }),
  'out-interface': fc.record({ name: anyDevice, ...negated }),
  fragment: fc.record(negated),
  'source-port': fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'sctp'), range: portRange, ...negated }),
  'destination-port': fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'dccp'), range: portRange, ...negated }),
  multiport: fc.record({
    side: fc.constantFrom('source', 'destination', 'either'),
    ranges: fc.array(portRange, { maxLength: 3 }),
    ...negated,
  }),
  'tcp-flags': fc.record({ mask: tcpFlags, set: tcpFlags, ...negated }),
  'tcp-option': fc.record({ option: byte, ...negated }),
  'icmp-type': fc.record({ version: fc.constantFrom(4, 6), type: byte, code: portRange, ...negated }),
  'ct-state': fc.record({ states: fc.array(ctState, { maxLength: 3 }), ...negated }),
  'ct-status': fc.record({ statuses: fc.array(statuses, { maxLength: 2 }), ...negated }),
  'ct-direction': fc.record({ direction: fc.constantFrom('ORIGINAL', 'REPLY'), ...negated }),
  'ct-protocol': fc.record({ protocol: fc.constantFrom('tcp', 'udp', '6', 'nonsense'), ...negated }),
  'ct-address': fc.record({ field: ctField, prefix: anyPrefixText, ...negated }),
  'ct-port': fc.record({ field: ctField, range: portRange, ...negated }),
  'ct-expire': fc.record({ range: portRange, ...negated }),
  'address-type': fc.record({
    side,
    types: fc.array(addressType, { maxLength: 2 }),
    limitInterface: fc.constantFrom('in', 'out', null),
    ...negated,
  }),
  mark: fc.record({ value: word32, mask: word32, ...negated }),
  connmark: fc.record({ value: word32, mask: word32, ...negated }),
  physdev: fc.record({
    test: fc.constantFrom('in', 'out', 'is-in', 'is-out', 'is-bridged'),
    name: fc.option(anyDevice),
    ...negated,
  }),
  'ip-range': fc.record({ side, from: anyAddress, to: anyAddress, ...negated }),
  'mac-source': fc.record({ mac: anyMac, ...negated }),
  'packet-type': fc.record({ type: fc.constantFrom('unicast', 'broadcast', 'multicast'), ...negated }),
  ttl: fc.record({ test: fc.constantFrom('eq', 'lt', 'gt'), value: byte, ...negated }),
  length: fc.record({ range: portRange, ...negated }),
  set: fc.record({
    name: fc.constantFrom('s', 'none'),
    directions: fc.array(fc.constantFrom('src', 'dst'), { maxLength: 3 }),
    returnNomatch: flag,
    ...negated,
  }),
  ...moduleShapes,
  comment: fc.record({ text: fc.string() }),
  unsupported: fc.record({ module: fc.constantFrom('recent', 'conntrack'), text: fc.string() }),
}

type TargetShapes = { readonly [K in Target['kind']]: fc.Arbitrary<Omit<Of<Target, K>, 'kind'>> }

const natRange = fc.record(
  {
    addresses: fc.option(fc.record({ from: anyAddress, to: anyAddress })),
    ports: fc.option(portRange),
    random: flag,
    persistent: flag,
    basePort: somePort,
  },
  { requiredKeys: ['addresses', 'ports', 'random', 'persistent'] },
)
const portsOnly = fc.record({ ports: fc.option(portRange), random: flag })
const setting = fc.record({
  operation: fc.constantFrom('set', 'and', 'or', 'xor', 'xset', 'save', 'restore'),
  value: word32,
  mask: word32,
  ctMask: word32,
  shift: fc.integer({ min: -31, max: 31 }),
})
const nothing = fc.constant({})
const rejects = ['icmp-port-unreachable', 'tcp-reset', 'icmp6-no-route', 'icmp-admin-prohibited', 'nonsense'] as const

/** One generator for each kind of target. */
const targets: TargetShapes = {
  accept: nothing,
  drop: nothing,
  return: nothing,
  jump: fc.record({ chain: anyChain }),
  goto: fc.record({ chain: anyChain }),
  reject: fc.record({ with: fc.constantFrom(...rejects) }),
  dnat: natRange,
  snat: natRange,
  masquerade: portsOnly,
  redirect: portsOnly,
  netmap: fc.record({ prefix: anyPrefixText }),
  mark: setting,
  connmark: setting,
  notrack: nothing,
  'ct-zone': fc.record({ zone: fc.constantFrom(0, 1, 65535) }),
  set: fc.record({
    changes: fc.array(
      fc.record({
        action: fc.constantFrom('add', 'delete'),
        name: fc.constantFrom('s', 'none'),
        directions: fc.array(fc.constantFrom('src', 'dst'), { maxLength: 3 }),
      }),
      { maxLength: 2 },
    ),
  }),
  tproxy: fc.record({
    port: somePort,
    address: fc.option(anyAddress),
    mark: fc.record({ value: word32, mask: word32 }),
  }),
  log: fc.record({ module: fc.constantFrom('LOG', 'NFLOG', 'ULOG', 'TRACE') }),
  'tcp-mss': fc.record({ mss: fc.constantFrom(0, 1460, 'clamp-to-pmtu' as const) }),
  ttl: fc.record({ operation: fc.constantFrom('set', 'inc', 'dec'), value: byte }),
  tos: fc.record({ value: byte, mask: byte }),
  'no-effect': fc.record({ module: fc.constantFrom('CHECKSUM', 'CONNSECMARK') }),
  unsupported: fc.record({ module: fc.constantFrom('CT', 'NFQUEUE'), text: fc.string() }),
}

function unionOf<T>(shapes: Readonly<Record<string, fc.Arbitrary<object>>>): fc.Arbitrary<T> {
  const arms = Object.entries(shapes).map(([kind, shape]) => shape.map((rest) => ({ kind, ...rest }) as T))
  return fc.oneof(...arms)
}

const anyMatch = unionOf<Match>(matches)
const anyTarget = unionOf<Target>(targets)

const anyRule: fc.Arbitrary<IptablesRule> = fc.record({
  text: fc.oneof(fc.constantFrom('-A FORWARD -j ACCEPT', '-j', ''), fc.string()),
  // Rules that take every packet lead deepest into the engine.
  matches: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(anyMatch, { maxLength: 2 }) },
  ),
  target: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: anyTarget },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('jump', 'goto'), chain: anyChain }) },
  ),
})

/** Long enough for the engine to look rules up instead of walking them. */
const longChain = fc
  .tuple(fc.array(anyRule, { minLength: 1, maxLength: 4 }), fc.constantFrom(20, 300))
  .map(([rules, times]) => Array.from({ length: times }, (_, index) => rules[index % rules.length] as IptablesRule))

const anyTable: fc.Arbitrary<IptablesTable> = fc.record({
  family: fc.constantFrom('ip', 'ip6'),
  backend: fc.constantFrom('nft', 'legacy'),
  name: fc.constantFrom('raw', 'mangle', 'nat', 'filter', 'security'),
  chains: fc.array(
    fc.record({
      name: fc.constantFrom(...chainNames),
      policy: fc.constantFrom('ACCEPT', 'DROP', null),
      rules: fc.oneof(
        { weight: 8, arbitrary: fc.array(anyRule, { maxLength: 4 }) },
        { weight: 1, arbitrary: longChain },
      ),
    }),
    { maxLength: 8 },
  ),
})

const anySet = fc.record({
  name: fc.constant('s'),
  type: fc.constantFrom('hash:ip', 'hash:net', 'hash:ip,port', 'list:set', 'nonsense'),
  members: fc.array(fc.oneof(anyAddress, anyPrefixText, fc.string()), { maxLength: 3 }),
})

/** Any rules: jumps in circles and to nowhere, policies on user chains, the same table twice, both backends at once. */
export const anyRulesets: fc.Arbitrary<Rulesets> = fc.record({
  iptables: fc.option(fc.array(anyTable, { maxLength: 5 }), { freq: 12 }),
  nft: fc.option(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(anyNftTable, { maxLength: 2 }) },
    ),
    { freq: 12 },
  ),
  ipsets: fc.option(fc.array(anySet, { maxLength: 2 })),
})
