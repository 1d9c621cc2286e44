import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffPackets } from '../../../src/core/net/diff-packet.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import { applyDiff } from '../../../src/renderer/playback/apply-diff.ts'
import { ECHO } from '../support/sample-report.ts'

const byte = fc.integer({ min: 0, max: 255 })
const port = fc.integer({ min: 1, max: 65535 })
const address = fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.'))
const mac = fc.tuple(byte, byte).map(([a, b]) => `02:42:00:00:${hex(a)}:${hex(b)}`)

/** Two packets of one flow, as they may be before and after the kernel's changes. */
const tcp = fc.record<Packet>({
  family: fc.constant(4),
  protocol: fc.constant('tcp'),
  src: address,
  dst: address,
  sourcePort: port,
  destinationPort: port,
  tcpFlags: fc.subarray(['syn', 'ack', 'rst', 'fin'], { minLength: 1 }),
  ttl: fc.integer({ min: 1, max: 255 }),
  tos: byte,
  length: port,
  dontFragment: fc.boolean(),
  sourceMac: mac,
  destinationMac: mac,
})

const icmp6 = fc.record<Packet>({
  family: fc.constant(6),
  protocol: fc.constant('icmpv6'),
  src: fc.constantFrom('2001:db8::1', 'fe80::1'),
  dst: fc.constantFrom('2001:db8::2', 'ff02::1'),
  icmp: fc.record({ type: byte, code: byte, id: port, sequence: port, mtu: port }),
  ttl: byte,
  tos: byte,
  length: fc.integer({ min: 40, max: 1500 }),
  dontFragment: fc.constant(false),
  sourceMac: mac,
  destinationMac: mac,
})

describe('applyDiff', () => {
  it.each([
    ['TCP over IPv4', tcp],
    ['ICMPv6', icmp6],
  ] as const)('turns any %s packet into another by their difference', (_, packets) => {
    fc.assert(
      fc.property(packets, packets, (before, after) => {
        expect(applyDiff(before, diffPackets(before, after))).toEqual(after)
      }),
    )
  })

  it('changes the packet that an ICMP error quotes, and not the error', () => {
    const error: Packet = { ...ECHO, quoted: { ...ECHO, src: '198.51.100.10' } }
    const after = applyDiff(error, [{ field: 'ip.src#2', before: '198.51.100.10', after: '172.17.0.2' }])
    expect(after.quoted?.src).toBe('172.17.0.2')
    expect(after.src).toBe(ECHO.src)
  })

  it('leaves the headers as they are for a field that they do not have', () => {
    expect(applyDiff(ECHO, [{ field: 'skb.mark', before: '0', after: '1' }])).toEqual(ECHO)
  })
})

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
