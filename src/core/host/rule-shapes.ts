import type { Match } from './match.ts'
import { moduleShapes } from './module-shapes.ts'
import { nftTableShape } from './nft-shapes.ts'
import type { IpSet, IptablesChain, IptablesRule, IptablesTable, Rulesets } from './ruleset.ts'
import { byKind, flag, integer, list, nullable, object, oneOf, optional, type Shape, text } from './shape.ts'
import type { SetChange, Target } from './target.ts'

const range: Shape = object({ from: integer(0), to: integer(0) })
const ranges = list(range)
const negated = { negated: flag }
const interfaceName = { name: text, ...negated }
const prefix = { prefix: text, ...negated }
const portMatch = { protocol: text, range, ...negated }
const word = integer(0, 0xffffffff)
const addressField = oneOf('original-source', 'original-destination', 'reply-source', 'reply-destination')
const side = oneOf('source', 'destination')

const directions = list(oneOf('src', 'dst'))

const match: Shape = byKind<Match>({
  protocol: { protocol: text, ...negated },
  source: prefix,
  destination: prefix,
  'in-interface': interfaceName,
  'out-interface': interfaceName,
  fragment: negated,
  'source-port': portMatch,
  'destination-port': portMatch,
  multiport: { side: oneOf('source', 'destination', 'either'), ranges, ...negated },
  'tcp-flags': { mask: list(text), set: list(text), ...negated },
  'tcp-option': { option: integer(0, 255), ...negated },
  'icmp-type': { version: oneOf(4, 6), type: integer(0, 255), code: range, ...negated },
  'ct-state': { states: list(text), ...negated },
  'ct-status': { statuses: list(text), ...negated },
  'ct-direction': { direction: oneOf('ORIGINAL', 'REPLY'), ...negated },
  'ct-protocol': { protocol: text, ...negated },
  'ct-address': { field: addressField, ...prefix },
  'ct-port': { field: addressField, range, ...negated },
  'ct-expire': { range, ...negated },
  'address-type': { side, types: list(text), limitInterface: nullable(oneOf('in', 'out')), ...negated },
  mark: { value: word, mask: word, ...negated },
  connmark: { value: word, mask: word, ...negated },
  physdev: { test: oneOf('in', 'out', 'is-in', 'is-out', 'is-bridged'), name: nullable(text), ...negated },
  'ip-range': { side, from: text, to: text, ...negated },
  'mac-source': { mac: text, ...negated },
  'packet-type': { type: oneOf('unicast', 'broadcast', 'multicast'), ...negated },
  ttl: { test: oneOf('eq', 'lt', 'gt'), value: integer(0, 255), ...negated },
  length: { range, ...negated },
  set: { name: text, directions, returnNomatch: optional(flag), ...negated },
  ...moduleShapes,
  comment: { text },
  unsupported: { module: text, text },
})

const natRange = {
  addresses: nullable(object({ from: text, to: text })),
  ports: nullable(range),
  random: flag,
  persistent: flag,
  basePort: optional(integer(0, 65535)),
}
const ports = { ports: nullable(range), random: flag }
const markTarget = {
  operation: oneOf('set', 'and', 'or', 'xor', 'xset', 'save', 'restore'),
  value: word,
  mask: word,
  ctMask: optional(word),
  shift: optional(integer(-31, 31)),
}
const setChange = object<SetChange>({ action: oneOf('add', 'delete'), name: text, directions })
const mss: Shape = (value, path, report) =>
  (typeof value === 'number' ? integer(0, 65535) : oneOf('clamp-to-pmtu'))(value, path, report)

const target: Shape = byKind<Target>({
  accept: {},
  drop: {},
  return: {},
  jump: { chain: text },
  goto: { chain: text },
  reject: { with: text },
  dnat: natRange,
  snat: natRange,
  masquerade: ports,
  redirect: ports,
  netmap: { prefix: text },
  mark: markTarget,
  connmark: markTarget,
  notrack: {},
  'ct-zone': { zone: integer(0, 65535) },
  set: { changes: list(setChange) },
  tproxy: { port: integer(0, 65535), address: nullable(text), mark: object({ value: word, mask: word }) },
  log: { module: oneOf('LOG', 'NFLOG', 'ULOG', 'TRACE') },
  'tcp-mss': { mss },
  ttl: { operation: oneOf('set', 'inc', 'dec'), value: integer(0, 255) },
  tos: { value: integer(0, 255), mask: integer(0, 255) },
  'no-effect': { module: text },
  unsupported: { module: text, text },
})

const iptablesRule = object<IptablesRule>({ text, matches: list(match), target: nullable(target) })

const iptablesChain = object<IptablesChain>({
  name: text,
  policy: nullable(oneOf('ACCEPT', 'DROP')),
  rules: list(iptablesRule),
})

const iptablesTable = object<IptablesTable>({
  family: oneOf('ip', 'ip6'),
  backend: oneOf('nft', 'legacy'),
  name: oneOf('raw', 'mangle', 'nat', 'filter', 'security'),
  handle: optional(integer(0)),
  chains: list(iptablesChain),
})

/** The shape of everything that judges packets in one namespace. */
export const rulesetsShape: Shape = object<Rulesets>({
  iptables: nullable(list(iptablesTable)),
  nft: nullable(list(nftTableShape)),
  ipsets: nullable(list(object<IpSet>({ name: text, type: text, options: optional(text), members: list(text) }))),
})
