import fc from 'fast-check'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { addresses4, addresses6 } from './arbitrary-words.ts'

const somewhere = [
  'host',
  'external',
  'external:203.0.113.80',
  'external:nonsense',
  'n1',
  'n2',
  'n3',
  'web',
  'example.com',
  'nothing.',
  '127.0.0.1',
  '255.255.255.255',
  '224.0.0.1',
  '0.0.0.0',
  '203.0.113.80',
  '::1',
  'ff02::1',
  ...addresses4,
  ...addresses6,
] as const

const anyEnd = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom<string>(...somewhere) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom<string>(...somewhere), fc.constantFrom(0, 53, 80, 65536))
      .map(([end, port]) => (end.includes('::') ? `[${end}]:${port}` : `${end}:${port}`)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

/** Mostly from where a packet can come: most other questions are turned away before there is anything to trace. */
const anySender = fc.oneof({ weight: 2, arbitrary: fc.constantFrom('n1', 'n2', 'host', 'external') }, anyEnd)

const seldom = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd })
const oddPort = fc.integer({ min: -1, max: 70_000 })

const extras = {
  sourcePort: seldom(fc.constantFrom(53, 4711, 65535), oddPort),
  ttl: seldom(fc.constantFrom(1, 2, 64, 255), fc.integer({ min: 0, max: 255 })),
  length: seldom(fc.constantFrom(28, 84, 1500, 1501, 65535), fc.integer({ min: 0, max: 70_000 })),
  dontFragment: fc.boolean(),
}
const ends = { from: anySender, to: anyEnd }
const ports = seldom(fc.constantFrom(7, 53, 80, 8080), oddPort)

/** Any question, sensible or not. */
export const anyFlow = fc.oneof(
  fc.record({ ...ends, protocol: fc.constant('icmp'), ...extras }, { requiredKeys: ['from', 'to', 'protocol'] }),
  fc.record(
    { ...ends, protocol: fc.constantFrom('tcp', 'udp'), destinationPort: ports, ...extras },
    { requiredKeys: ['from', 'to', 'protocol', 'destinationPort'] },
  ),
  {
    weight: 1,
    arbitrary: fc.record(
      { ...ends, protocol: fc.constantFrom('icmp', 'tcp', 'udp'), destinationPort: ports },
      { requiredKeys: ['from', 'to', 'protocol'] },
    ),
  },
) as fc.Arbitrary<Flow>
