import type { BpfInstruction, ModuleMatch, OwnerTest, U32Operation, U32Test } from './module-match.ts'
import { flag, integer, list, nullable, object, oneOf, type Shape, text } from './shape.ts'

const word = integer(0, 0xffffffff)
const written = { text }
const negated = { negated: flag, text }
const range: Shape = object({ from: integer(0), to: integer(0) })
const side = oneOf('source', 'destination')

const u32Test = object<U32Test>({
  offset: word,
  operations: list(object<U32Operation>({ operator: oneOf('and', 'left', 'right', 'at'), number: word })),
  values: list(range),
})

const instruction = object<BpfInstruction>({
  code: integer(0, 65535),
  jumpTrue: integer(0, 255),
  jumpFalse: integer(0, 255),
  k: word,
})

const ownerTest = object<OwnerTest>({ what: oneOf('user', 'group', 'socket'), negated: flag })

type Kinds = ModuleMatch['kind']
type FieldsOf<K extends Kinds> = {
  readonly [F in Exclude<keyof Extract<ModuleMatch, { kind: K }>, 'kind'>]: Shape
}

/** The shapes of the conditions of `ModuleMatch`, by kind. */
export const moduleShapes: { readonly [K in Kinds]: FieldsOf<K> } = {
  recent: {
    name: text,
    side,
    mask: text,
    action: oneOf('set', 'check', 'update', 'remove'),
    seconds: nullable(integer(0)),
    hits: nullable(integer(0)),
    sameTtl: flag,
    ...negated,
  },
  limit: written,
  hashlimit: {
    name: text,
    above: flag,
    burst: integer(0),
    keys: list(oneOf('srcip', 'srcport', 'dstip', 'dstport')),
    sourceLength: integer(0, 128),
    destinationLength: integer(0, 128),
    countsPackets: flag,
    ...written,
  },
  connlimit: { limit: integer(0), above: flag, side, prefixLength: integer(0, 128), ...written },
  string: { bytes: list(integer(0, 255)), from: integer(0), to: integer(0), ignoreCase: flag, ...negated },
  u32: { tests: list(u32Test), ...negated },
  bpf: { program: list(instruction), ...written },
  policy: { direction: oneOf('in', 'out'), policy: oneOf('none', 'ipsec'), ...written },
  ipvs: { property: flag, ...negated },
  rpfilter: { loose: flag, useMark: flag, acceptLocal: flag, ...negated },
  cgroup: written,
  socket: { transparent: flag, wildcard: flag, restoreMark: flag, ...written },
  statistic: { certain: nullable(oneOf('always', 'never')), ...negated },
  owner: { tests: list(ownerTest), ...written },
  time: written,
  tcpmss: { range, ...negated },
  tos: { value: integer(0, 255), mask: integer(0, 255), ...negated },
}
