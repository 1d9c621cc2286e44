import type { NftChain, NftElement, NftExpression, NftRule, NftSet, NftStatement, NftTable, NftVerdict } from './nft.ts'
import { byKind, flag, integer, list, nullable, number, object, oneOf, optional, type Shape, text } from './shape.ts'

/** Expressions nest; a shape that is looked up when it is used may refer to itself. */
const expression: Shape = (value, path, report) => anyExpression(value, path, report)
const element = object<NftElement>({
  key: expression,
  data: nullable((value, path, report) => data(value, path, report)),
})

const anyExpression: Shape = byKind<NftExpression>({
  payload: { protocol: text, field: text },
  'raw-payload': { base: oneOf('ll', 'nh', 'th', 'ih'), offset: integer(0), length: integer(1, 128) },
  'tcp-option': { name: text, field: nullable(text) },
  'extension-header': { name: text, field: nullable(text) },
  meta: { key: text },
  ct: { key: text, direction: nullable(oneOf('original', 'reply')) },
  fib: { result: text, flags: list(text) },
  operation: { operator: oneOf('&', '|', '^', '<<', '>>'), operands: list(expression) },
  concat: { parts: list(expression) },
  map: { key: expression, set: expression },
  number: { value: number },
  word: { text },
  flag: { value: flag },
  prefix: { address: text, length: integer(0, 128) },
  range: { from: expression, to: expression },
  list: { items: list(expression) },
  set: { elements: list(element) },
  'set-name': { name: text },
  unsupported: { text },
})

const verdict: Shape = byKind<NftVerdict>({
  accept: {},
  drop: {},
  continue: {},
  return: {},
  jump: { chain: text },
  goto: { chain: text },
  queue: { text },
})

const VERDICTS = ['accept', 'drop', 'continue', 'return', 'jump', 'goto', 'queue']

/** What a map leads to: a verdict or a value. */
const data: Shape = (value, path, report) => {
  const kind = typeof value === 'object' && value !== null ? (value as { readonly kind?: unknown }).kind : undefined
  return (VERDICTS.includes(String(kind)) ? verdict : expression)(value, path, report)
}

const translation = {
  family: nullable(oneOf('ip', 'ip6')),
  address: nullable(expression),
  port: nullable(expression),
  flags: list(text),
}
const toPort = { port: nullable(expression), flags: list(text) }

const statement: Shape = byKind<NftStatement>({
  match: { operator: oneOf('==', '!=', '<', '>', '<=', '>=', 'in', '!'), left: expression, right: expression },
  verdict: { verdict },
  'verdict-map': { key: expression, set: expression },
  limit: { what: text, over: flag, count: optional(integer(0)) },
  assign: { key: expression, value: expression },
  dnat: translation,
  snat: translation,
  masquerade: toPort,
  redirect: toPort,
  reject: { type: nullable(oneOf('icmp', 'icmpv6', 'icmpx', 'tcp reset')), code: nullable(text) },
  notrack: {},
  'no-effect': { what: text },
  unsupported: { text },
})

const chain = object<NftChain>({
  name: text,
  handle: integer(0),
  base: nullable(
    object<NonNullable<NftChain['base']>>({
      type: oneOf('filter', 'nat', 'route'),
      hook: text,
      priority: integer(),
      policy: oneOf('accept', 'drop'),
    }),
  ),
  rules: list(object<NftRule>({ text, handle: integer(0), comment: nullable(text), statements: list(statement) })),
})

/** The shape of a native nftables table. */
export const nftTableShape: Shape = object<NftTable>({
  family: oneOf('ip', 'ip6', 'inet', 'bridge', 'arp', 'netdev'),
  name: text,
  handle: integer(0),
  dormant: flag,
  chains: list(chain),
  sets: list(object<NftSet>({ name: text, dynamic: flag, elements: list(element) })),
})
