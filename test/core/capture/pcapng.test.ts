import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Capture, LINK_TYPES } from '../../../src/core/capture/capture.ts'
import { readPcapng } from '../../../src/core/capture/read-pcapng.ts'
import { writePcapng } from '../../../src/core/capture/write-pcapng.ts'

const sample: Capture = {
  application: 'Hopwire 0.1.0',
  comments: ['c1 -> facebook.com'],
  interfaces: [
    { name: 'host/docker0', description: 'bridge', linkType: LINK_TYPES.linuxSll2 },
    { name: 'container:wéb/eth0', description: '', linkType: LINK_TYPES.ethernet },
  ],
  names: [
    { address: '172.17.0.2', name: 'c1' },
    { address: '2001:db8::2', name: 'c1' },
  ],
  packets: [
    packet({ comments: ['nat POSTROUTING -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', 'two'] }),
    packet({ interface: 1, direction: null, data: Uint8Array.of(1, 2, 3, 4, 5), length: 1500 }),
  ],
}

function packet(change: Partial<Capture['packets'][number]>): Capture['packets'][number] {
  return {
    interface: 0,
    seconds: 1_789_000_000,
    nanoseconds: 123_456_789,
    direction: 'in',
    length: 3,
    data: Uint8Array.of(1, 2, 3),
    comments: [],
    ...change,
  }
}

const captures = fc.record({
  application: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  comments: fc.array(fc.string().map((text) => text.replaceAll('\0', ''))),
  interfaces: fc.array(
    fc.record({
      name: fc.string().map((text) => text.replaceAll('\0', '')),
      description: fc.constant('x'),
      linkType: fc.nat(65535),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  names: fc.array(
    fc.record({ address: fc.ipV4(), name: fc.string({ minLength: 1 }).filter((text) => !text.includes('\0')) }),
  ),
  packets: fc.array(
    fc.record({
      interface: fc.constant(0),
      seconds: fc.nat(4_000_000_000),
      nanoseconds: fc.nat(999_999_999),
      direction: fc.constantFrom('in' as const, 'out' as const, null),
      length: fc.nat(70_000),
      data: fc.uint8Array({ maxLength: 40 }),
      comments: fc.array(
        fc.string().map((text) => text.replaceAll('\0', '')),
        { maxLength: 2 },
      ),
    }),
  ),
})

describe('pcapng', () => {
  test('what was written is read again, names and comments and nanoseconds too', () => {
    expect(readPcapng(writePcapng(sample))).toEqual({ capture: sample, problems: [] })
  })

  test('any capture is read as it was written', () => {
    fc.assert(
      fc.property(captures, (capture) => {
        expect(readPcapng(writePcapng(capture))).toEqual({ capture, problems: [] })
      }),
    )
  })

  test('two files one after the other are two sections', () => {
    const bytes = writePcapng(sample)
    const { capture, problems } = readPcapng(Uint8Array.from([...bytes, ...bytes]))
    expect(problems).toEqual([])
    expect(capture.interfaces).toHaveLength(4)
    expect(capture.packets.map((one) => one.interface)).toEqual([0, 1, 2, 3])
  })

  test('big-endian files and microseconds are read', () => {
    const { capture, problems } = readPcapng(bigEndian())
    expect(problems).toEqual([])
    expect(capture.interfaces).toEqual([{ name: '', description: '', linkType: 1 }])
    expect(capture.packets).toEqual([
      packet({ seconds: 1, nanoseconds: 500_000_000, direction: null, data: Uint8Array.of(9), length: 1 }),
    ])
  })

  test('a cut file gives what stood before the cut, and where it is cut', () => {
    const bytes = writePcapng(sample)
    const { capture, problems } = readPcapng(bytes.subarray(0, bytes.length - 5))
    expect(capture.packets).toHaveLength(1)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toMatch(/cut/)
    expect(problems[0]?.offset).toBeGreaterThan(0)
  })

  test.each([
    [Uint8Array.of(), 'the file is empty'],
    [Uint8Array.from({ length: 40 }, () => 7), 'not a pcapng file'],
    [Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0), 'not a pcapng file'],
  ])('says what is wrong with %s', (bytes, message) => {
    expect(readPcapng(bytes).problems[0]?.message).toContain(message)
  })

  test('arbitrary bytes, and arbitrary damage, give problems and no exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readPcapng(bytes)))
    const good = writePcapng(sample)
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const bytes = Uint8Array.from(good)
        bytes[at] = value
        readPcapng(bytes)
      }),
    )
  })
})

/** By hand: a section, an Ethernet interface and one packet of one byte at 1.5 seconds. */
function bigEndian(): Uint8Array {
  const words = [0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00010000, 0xffffffff, 0xffffffff, 28]
  words.push(1, 20, 0x00010000, 0, 20)
  words.push(6, 36, 0, 0, 1_500_000, 1, 1, 0x09000000, 36)
  return Uint8Array.from(words.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff)))
}
