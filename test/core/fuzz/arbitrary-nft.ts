import fc from 'fast-check'
import type { NftElement, NftExpression, NftStatement, NftTable, NftVerdict } from '../../../src/core/host/nft.ts'
import { anyAddress, anyDevice } from './arbitrary-words.ts'

const flag = fc.boolean()
const anyWord = fc.oneof(anyAddress, anyDevice, fc.constantFrom('established', 'new', 'ssh', 'tcp', 'local', '*', 'x'))
const natFlags = fc.subarray(['random', 'persistent', 'fully-random'])
const jumpTo = fc.constantFrom('a', 'b', 'c', 'missing')

const anyVerdict: fc.Arbitrary<NftVerdict> = fc.oneof(
  fc.record({ kind: fc.constantFrom('accept', 'drop', 'continue', 'return') }),
  fc.record({ kind: fc.constantFrom('jump', 'goto'), chain: jumpTo }),
  fc.record({ kind: fc.constant('queue'), text: fc.string() }),
)

const leaf: fc.Arbitrary<NftExpression> = fc.oneof(
  fc.record({
    kind: fc.constant('payload'),
    protocol: fc.constantFrom('ip', 'ip6', 'tcp', 'udp', 'th', 'icmp', 'ether', 'what'),
    field: fc.constantFrom('saddr', 'daddr', 'sport', 'dport', 'protocol', 'type', 'flags', 'ttl', 'what'),
  }),
  fc.record({
    kind: fc.constant('meta'),
    key: fc.constantFrom(
      'iifname',
      'oifname',
      'mark',
      'l4proto',
      'nfproto',
      'length',
      'pkttype',
      'skuid',
      'cgroup',
      'ipsec',
      'what',
    ),
  }),
  fc.record({
    kind: fc.constant('ct'),
    key: fc.constantFrom('state', 'status', 'mark', 'direction', 'ip saddr', 'proto-dst', 'zone', 'what'),
    direction: fc.constantFrom('original', 'reply', null),
  }),
  fc.record({
    kind: fc.constant('raw-payload'),
    base: fc.constantFrom('ll', 'nh', 'th', 'ih'),
    offset: fc.nat(400),
    length: fc.integer({ min: 1, max: 128 }),
  }),
  fc.record({ kind: fc.constant('tcp-option'), name: fc.constant('maxseg'), field: fc.constantFrom('size', null) }),
  fc.record({
    kind: fc.constant('fib'),
    result: fc.constantFrom('type', 'oif', 'oifname', 'what'),
    flags: fc.subarray(['saddr', 'daddr', 'iif', 'oif', 'mark']),
  }),
  fc.record({ kind: fc.constant('number'), value: fc.oneof(fc.nat(100), fc.integer(), fc.double()) }),
  fc.record({ kind: fc.constant('word'), text: anyWord }),
  fc.record({ kind: fc.constant('flag'), value: flag }),
  fc.record({ kind: fc.constant('prefix'), address: anyWord, length: fc.integer({ min: -1, max: 130 }) }),
  fc.record({ kind: fc.constant('set-name'), name: fc.constantFrom('s', 'missing') }),
  fc.record({ kind: fc.constant('unsupported'), text: fc.string() }),
)

interface Trees {
  readonly expression: NftExpression
  readonly element: NftElement
}

/** Expressions within expressions, whether or not they make sense there. */
const trees = fc.letrec<Trees>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('operation'),
        operator: fc.constantFrom('&', '|', '^', '<<', '>>'),
        operands: fc.array(tie('expression'), { maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('concat'), parts: fc.array(tie('expression'), { maxLength: 3 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('map'), key: tie('expression'), set: tie('expression') }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('range'), from: tie('expression'), to: tie('expression') }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('list'), items: fc.array(tie('expression'), { maxLength: 3 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('set'), elements: fc.array(tie('element'), { maxLength: 3 }) }),
    },
  ) as fc.Arbitrary<NftExpression>,
  element: fc.record({
    key: tie('expression'),
    data: fc.oneof(fc.constant(null), anyVerdict, tie('expression')),
  }) as fc.Arbitrary<NftElement>,
}))
const { expression, element } = trees

const anyStatement: fc.Arbitrary<NftStatement> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('match'),
      operator: fc.constantFrom('==', '!=', '<', '>', '<=', '>=', 'in', '!'),
      left: expression,
      right: expression,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('verdict'), verdict: anyVerdict }) },
  fc.record({ kind: fc.constant('verdict-map'), key: expression, set: expression }),
  fc.record({ kind: fc.constant('limit'), what: fc.string(), over: flag }),
  fc.record({ kind: fc.constant('limit'), what: fc.constant('ct count'), over: flag, count: fc.nat(5) }),
  fc.record({ kind: fc.constant('assign'), key: expression, value: expression }),
  fc.record({
    kind: fc.constantFrom('dnat', 'snat'),
    family: fc.constantFrom('ip', 'ip6', null),
    address: fc.option(expression),
    port: fc.option(expression),
    flags: natFlags,
  }),
  fc.record({ kind: fc.constantFrom('masquerade', 'redirect'), port: fc.option(expression), flags: natFlags }),
  fc.record({
    kind: fc.constant('reject'),
    type: fc.constantFrom('icmp', 'icmpv6', 'icmpx', 'tcp reset', null),
    code: fc.option(fc.constantFrom('port-unreachable', 'admin-prohibited', 'no-route', 'what')),
  }),
  fc.record({ kind: fc.constant('notrack') }),
  fc.record({ kind: fc.constant('no-effect'), what: fc.string() }),
  fc.record({ kind: fc.constant('unsupported'), text: fc.string() }),
) as fc.Arbitrary<NftStatement>

/** Any table: base chains of any type at any hook, jumps in circles and to nowhere, maps that lead to what is no verdict. */
export const anyNftTable: fc.Arbitrary<NftTable> = fc.record({
  family: fc.constantFrom('ip', 'ip6', 'inet', 'inet', 'bridge', 'arp', 'netdev'),
  name: fc.constantFrom('t', 'filter'),
  handle: fc.nat(),
  dormant: fc.constantFrom(false, false, false, true),
  chains: fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      handle: fc.nat(),
      base: fc.option(
        fc.record({
          type: fc.constantFrom('filter', 'nat', 'route'),
          hook: fc.constantFrom('prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress'),
          priority: fc.integer({ min: -400, max: 400 }),
          policy: fc.constantFrom('accept', 'drop'),
        }),
        { freq: 3 },
      ),
      rules: fc.array(
        fc.record({
          text: fc.string(),
          handle: fc.nat(),
          comment: fc.option(fc.string()),
          statements: fc.array(anyStatement, { maxLength: 3 }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 4 },
  ),
  sets: fc.array(fc.record({ name: fc.constant('s'), dynamic: flag, elements: fc.array(element, { maxLength: 3 }) }), {
    maxLength: 2,
  }),
})
