import fc from 'fast-check'
import type { ModuleMatch } from '../../../src/core/host/module-match.ts'
import { anyAddress } from './arbitrary-words.ts'

const flag = fc.boolean()
const word32 = fc.oneof(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 0xffffffff }))
const byte = fc.integer({ min: 0, max: 255 })
const length = fc.integer({ min: 0, max: 128 })
const written = { text: fc.constant('-m module') }
const negated = { negated: flag, ...written }
const side = fc.constantFrom('source' as const, 'destination' as const)
const range = fc.record({ from: word32, to: word32 })

const u32Test = fc.record({
  offset: word32,
  operations: fc.array(
    fc.record({
      operator: fc.constantFrom('and' as const, 'left' as const, 'right' as const, 'at' as const),
      number: word32,
    }),
    { maxLength: 4 },
  ),
  values: fc.array(range, { maxLength: 2 }),
})

/** Real instructions and impossible ones, in programs that may have no end. */
const instruction = fc.record({
  code: fc.oneof(
    fc.constantFrom(6, 21, 22, 32, 40, 48, 64, 80, 84, 177, 5, 37, 53, 69),
    fc.integer({ min: 0, max: 65535 }),
  ),
  jumpTrue: fc.integer({ min: 0, max: 4 }),
  jumpFalse: fc.integer({ min: 0, max: 4 }),
  k: fc.oneof(word32, fc.constant(0xfffff000)),
})

type Shapes = {
  readonly [K in ModuleMatch['kind']]: fc.Arbitrary<Omit<Extract<ModuleMatch, { readonly kind: K }>, 'kind'>>
}

/** One generator for each kind of module. */
export const moduleShapes: Shapes = {
  recent: fc.record({
    name: fc.constantFrom('r', 'none'),
    side,
    mask: fc.oneof(anyAddress, fc.constant('255.255.255.255')),
    action: fc.constantFrom('set', 'check', 'update', 'remove'),
    seconds: fc.option(word32),
    hits: fc.option(word32),
    sameTtl: flag,
    ...negated,
  }),
  limit: fc.record(written),
  hashlimit: fc.record({
    name: fc.constantFrom('h', 'none'),
    above: flag,
    burst: word32,
    keys: fc.subarray(['srcip', 'srcport', 'dstip', 'dstport'] as const),
    sourceLength: length,
    destinationLength: length,
    countsPackets: flag,
    ...written,
  }),
  connlimit: fc.record({ limit: word32, above: flag, side, prefixLength: length, ...written }),
  string: fc.record({
    bytes: fc.array(byte, { maxLength: 6 }),
    from: word32,
    to: word32,
    ignoreCase: flag,
    ...negated,
  }),
  u32: fc.record({ tests: fc.array(u32Test, { maxLength: 3 }), ...negated }),
  bpf: fc.record({ program: fc.array(instruction, { maxLength: 8 }), ...written }),
  policy: fc.record({ direction: fc.constantFrom('in', 'out'), policy: fc.constantFrom('none', 'ipsec'), ...written }),
  ipvs: fc.record({ property: flag, ...negated }),
  rpfilter: fc.record({ loose: flag, useMark: flag, acceptLocal: flag, ...negated }),
  cgroup: fc.record(written),
  socket: fc.record({ transparent: flag, wildcard: flag, restoreMark: flag, ...written }),
  statistic: fc.record({ certain: fc.constantFrom('always', 'never', null), ...negated }),
  owner: fc.record({
    tests: fc.array(fc.record({ what: fc.constantFrom('user', 'group', 'socket'), negated: flag }), { maxLength: 2 }),
    ...written,
  }),
  time: fc.record(written),
  tcpmss: fc.record({ range, ...negated }),
  tos: fc.record({ value: byte, mask: byte, ...negated }),
}
