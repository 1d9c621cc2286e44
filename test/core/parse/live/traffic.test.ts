import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { feedEvents, openEvents } from '../../../../src/core/parse/live/conntrack-events.ts'
import { readLink } from '../../../../src/core/parse/live/read-link.ts'
import { readTuple } from '../../../../src/core/parse/live/read-tuple.ts'
import { feedTraffic, openTraffic, type TrafficPiece } from '../../../../src/core/parse/live/traffic-stream.ts'
import { ethernet, icmp, ipv4, sll2, tcp, udp } from '../../../support/build-packet.ts'

describe('feedEvents', () => {
  // As conntrack 1.4.8 prints them.
  const TEXT = [
    '    [NEW] ipv4     2 tcp      6 120 SYN_SENT src=172.17.0.2 dst=203.0.113.80 sport=4000 dport=80 [UNREPLIED] src=203.0.113.80 dst=198.51.100.20 sport=80 dport=4000',
    ' [UPDATE] ipv4     2 tcp      6 60 SYN_RECV src=172.17.0.2 dst=203.0.113.80 sport=4000 dport=80 src=203.0.113.80 dst=198.51.100.20 sport=80 dport=4000 mark=0',
    '[DESTROY] ipv4     2 udp      17 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [ASSURED]',
    'ipv6     10 icmpv6   58 29 src=fd00::2 dst=fd00::1 type=128 code=0 id=9 src=fd00::1 dst=fd00::2 type=129 code=0 id=9 mark=0 use=1',
    '',
  ].join('\n')

  it('reads new, changed, destroyed and listed connections, in pieces of any size', () => {
    const whole = feedEvents(openEvents(), TEXT)
    expect(whole.problems).toEqual([])
    expect(whole.value.map(({ kind, entry }) => [kind, entry.protocol, entry.state, entry.timeoutSeconds])).toEqual([
      ['new', 'tcp', 'SYN_SENT', 120],
      ['update', 'tcp', 'SYN_RECV', 60],
      ['destroy', 'udp', null, 0],
      ['listed', 'icmpv6', null, 29],
    ])
    expect(whole.value[3]?.entry.original).toEqual({ src: 'fd00::2', dst: 'fd00::1', sourcePort: 9 })
    const stream = openEvents()
    const pieces = TEXT.split(/(?:)/u).flatMap((letter) => feedEvents(stream, letter).value)
    expect(pieces).toEqual(whole.value)
  })

  it('tells the line of what is none, and goes on', () => {
    const { value, problems } = feedEvents(openEvents(), `nonsense\n${TEXT}`)
    expect(problems).toEqual([{ message: 'not an event of conntrack: nonsense', line: 1 }])
    expect(value).toHaveLength(4)
  })

  it('gives up a line without an end', () => {
    const stream = openEvents()
    expect(feedEvents(stream, 'x'.repeat(70_000)).problems).toHaveLength(1)
    expect(stream.pending).toBe('')
  })
})

describe('feedTraffic', () => {
  const frame = (letter: string, place: number, text: string): Uint8Array => {
    const bytes = new TextEncoder().encode(text)
    return Uint8Array.from([
      letter.charCodeAt(0),
      0,
      place >> 8,
      place & 255,
      0,
      0,
      bytes.length >> 8,
      bytes.length & 255,
      ...bytes,
    ])
  }
  const words = (pieces: readonly TrafficPiece[]) =>
    pieces.map(({ kind, place, bytes }) => `${kind} ${place} ${new TextDecoder().decode(bytes)}`)
  const ALL = Uint8Array.from([...frame('c', 0, 'abc'), ...frame('k', 300, ''), ...frame('x', 1, 'tcpdump 0')])
  const EXPECTED = ['capture 0 abc', 'events 300 ', 'tool-ended 1 tcpdump 0']

  it('takes frames apart, wherever they are cut', () => {
    expect(words(feedTraffic(openTraffic(), ALL))).toEqual(EXPECTED)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: ALL.length })), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), ALL.length]
        const stream = openTraffic()
        const pieces = places.slice(1).flatMap((end, index) => feedTraffic(stream, ALL.subarray(places[index], end)))
        expect(words(pieces)).toEqual(EXPECTED)
      }),
    )
  })

  it('gives nothing more after what is no frame, whatever that is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const stream = openTraffic()
        feedTraffic(stream, Uint8Array.from([0x7a, 0, ...bytes, 0, 0, 0, 0, 0, 0, 0, 0]))
        expect(stream.broken).toBe(true)
        expect(feedTraffic(stream, ALL)).toEqual([])
      }),
    )
  })
})

describe('readTuple', () => {
  const ends = { src: '10.0.0.1', dst: '10.0.0.2' }
  it.each([
    [
      'a SYN',
      ipv4(6, ends, tcp(1000, 80, ['syn'])),
      { protocol: 'tcp', sourcePort: 1000, destinationPort: 80, opens: true },
    ],
    ['its answer', ipv4(6, ends, tcp(80, 1000, ['syn', 'ack'])), { opens: false }],
    ['an ACK', ipv4(6, ends, tcp(80, 1000, ['ack'])), { opens: null }],
    [
      'a datagram',
      ipv4(17, ends, udp(5, 6, [1, 2])),
      { protocol: 'udp', sourcePort: 5, destinationPort: 6, length: 30 },
    ],
    [
      'an echo request',
      ipv4(1, ends, icmp(8, 25, 1)),
      { protocol: 'icmp', sourcePort: 25, destinationPort: null, opens: true },
    ],
    [
      'another protocol',
      ipv4(47, ends, new Uint8Array(4)),
      { protocol: '47', sourcePort: null, destinationPort: null },
    ],
  ])('reads %s', (_what, bytes, expected) => {
    expect(readTuple(0x0800, bytes)).toMatchObject({ family: 4, ...ends, ...expected })
  })

  it('takes an ICMP error for its answer to the packet that it quotes', () => {
    const quoted = ipv4(17, { src: '10.0.0.1', dst: '203.0.113.9' }, udp(4000, 53))
    const error = ipv4(1, { src: '10.0.0.254', dst: '10.0.0.1' }, icmp(3, 0, 0, quoted))
    expect(readTuple(0x0800, error)).toMatchObject({
      protocol: 'udp',
      src: '203.0.113.9',
      dst: '10.0.0.1',
      sourcePort: 53,
      destinationPort: 4000,
      length: error.length,
    })
  })

  it('knows no conversation of ARP, of later fragments and of what is cut', () => {
    expect(readTuple(0x0806, new Uint8Array(28))).toBeNull()
    expect(readTuple(0x0800, ipv4(17, { ...ends, fragment: 100 }, udp(1, 2)))).toBeNull()
    expect(readTuple(0x0800, ipv4(17, ends, udp(1, 2)).subarray(0, 21))).toBeNull()
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0x0800, 0x86dd, 0x0806), (bytes, type) => {
        const tuple = readTuple(type, bytes)
        expect(tuple === null || (tuple.family === 4) === (type === 0x0800)).toBe(true)
      }),
    )
  })
})

describe('readLink', () => {
  const packet = ipv4(17, { src: '10.0.0.1', dst: '10.0.0.2' }, udp(1, 2))
  const plain = ethernet('02:00:00:00:00:01', '02:00:00:00:00:02', packet)
  it.each([
    ['Ethernet', 1, plain, { sourceMac: '02:00:00:00:00:01', destinationMac: '02:00:00:00:00:02', direction: null }],
    [
      'Ethernet with a VLAN tag',
      1,
      Uint8Array.from([...plain.subarray(0, 12), 0x81, 0, 0, 7, ...plain.subarray(12)]),
      { sourceMac: '02:00:00:00:00:01' },
    ],
    ['raw IP', 101, packet, { sourceMac: null }],
    ['SLL2', 276, sll2(7, 4, packet), { deviceIndex: 7, direction: 'out', otherHost: false }],
    ['SLL2 for another host', 276, sll2(7, 3, packet), { direction: 'in', otherHost: true }],
    [
      'SLL',
      113,
      Uint8Array.from([0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0, 8, 0, ...packet]),
      { direction: 'out', sourceMac: '02:00:00:00:00:09' },
    ],
  ])('reads %s', (_what, type, bytes, expected) => {
    expect(readLink(type, bytes)).toMatchObject({ etherType: 0x0800, payload: packet, ...expected })
  })

  it('says what it does not read', () => {
    expect(readLink(105, packet)).toBe('link type 105 is not read')
    expect(readLink(1, packet.subarray(0, 5))).toBe('a frame of 5 bytes, too few for its link header')
  })
})
