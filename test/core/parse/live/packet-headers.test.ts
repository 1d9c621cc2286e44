import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPacket } from '../../../../src/core/parse/live/packet-headers.ts'

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (byte) => Number.parseInt(byte, 16))

const IPV4 = 0x0800
const IPV6 = 0x86dd
const ARP = 0x0806

/** 172.17.0.2 to 172.17.0.3, DF, TTL 64, identification 0x1234. */
const ip4 = (protocol: string, length: string, bits = '4000'): string =>
  `4500${length}1234${bits}40${protocol}0000ac110002ac110003`

describe('readPacket', () => {
  it('reads an echo request', () => {
    const bytes = bytesOf(`${ip4('01', '0024')}0800ffff12670001cafebabedeadbeef`)
    expect(readPacket(IPV4, bytes, '02:42:ac:11:00:02')).toEqual({
      packet: {
        family: 4,
        protocol: 'icmp',
        src: '172.17.0.2',
        dst: '172.17.0.3',
        icmp: { type: 8, code: 0, id: 4711, sequence: 1 },
        ttl: 64,
        length: 36,
        dontFragment: true,
        sourceMac: '02:42:ac:11:00:02',
        destinationMac: null,
      },
      identity: { ipId: 0x1234, payload: 'cafebabedeadbeef' },
    })
  })

  it('reads a SYN-ACK with its numbers', () => {
    const bytes = bytesOf(`${ip4('06', '0028')}0050a41b0000000a0000000b5012ffff00000000`)
    const read = readPacket(IPV4, bytes, null)
    expect(read).toMatchObject({
      packet: { protocol: 'tcp', sourcePort: 80, destinationPort: 42_011, tcpFlags: ['syn', 'ack'] },
      identity: { tcpSequence: 10, tcpAcknowledgement: 11 },
    })
  })

  it('reads what an ICMP error quotes, though only eight bytes of it', () => {
    const quoted = '4500003d9999400040110000ac110002cb007150a41b00070029'
    const bytes = bytesOf(`${ip4('01', '0038')}0304000000000500${quoted}0000`)
    const read = readPacket(IPV4, bytes, null)
    expect(read).toMatchObject({
      packet: {
        icmp: { type: 3, code: 4, mtu: 1280 },
        quoted: { protocol: 'udp', src: '172.17.0.2', dst: '203.0.113.80', sourcePort: 42_011, destinationPort: 7 },
      },
    })
  })

  it('knows pieces, of which only the first has ports', () => {
    const first = readPacket(IPV4, bytesOf(`${ip4('11', '0024', '2000')}a41b00070029000000000000`), null)
    const second = readPacket(IPV4, bytesOf(`${ip4('11', '0024', '0002')}a41b00070029000000000000`), null)
    expect(first).toMatchObject({ packet: { sourcePort: 42_011 }, identity: { fragment: { offset: 0, more: true } } })
    expect(second).toMatchObject({ identity: { ipId: 0x1234, fragment: { offset: 16, more: false } } })
    expect(second).not.toHaveProperty('packet.sourcePort')
  })

  it('steps over IPv6 options to a neighbour’s question', () => {
    const ends = 'fe800000000000000000000000000001ff0200000000000000000001ff000002'
    const bytes = bytesOf(`6000000000200001${ends}3a000502000000008700000000000000${'20010db8'.padEnd(32, '0')}`)
    expect(readPacket(IPV6, bytes, null)).toMatchObject({
      packet: {
        protocol: 'icmpv6',
        src: 'fe80::1',
        dst: 'ff02::1:ff00:2',
        icmp: { type: 135, code: 0 },
        ttl: 1,
        length: 72,
      },
    })
  })

  it('reads ARP', () => {
    const bytes = bytesOf('00010800060400010242ac110002ac110002000000000000ac110001')
    expect(readPacket(ARP, bytes, null)).toMatchObject({
      packet: { protocol: 'arp', arp: 'request', src: '172.17.0.2', dst: '172.17.0.1', length: 28, ttl: 0 },
    })
  })

  it.each([
    [IPV4, '45', 'no IPv4 header'],
    [IPV4, `65${'00'.repeat(30)}`, 'no IPv4 header'],
    [IPV6, '60', 'no IPv6 header'],
    [ARP, '0001', 'an ARP packet of 2 bytes'],
  ])('says why %i %s is none', (etherType, hex, why) => {
    expect(readPacket(etherType, bytesOf(hex), null)).toBe(why)
  })

  it('passes over what is neither IP nor ARP', () => {
    expect(readPacket(0x88cc, new Uint8Array(40), null)).toBeNull()
  })

  it('never throws', () => {
    const type = fc.constantFrom(IPV4, IPV6, ARP, 0)
    fc.assert(
      fc.property(
        type,
        fc.uint8Array({ maxLength: 200 }),
        (etherType, bytes) => void readPacket(etherType, bytes, null),
      ),
    )
    // As deep in headers as random bytes seldom get.
    const start = fc.constantFrom(`${ip4('01', '0040')}0303`, ip4('06', '0040'), `6000000000400040${'fe80'.repeat(16)}`)
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 120 }), (hex, rest) => {
        const bytes = new Uint8Array([...bytesOf(hex), ...rest])
        expect(typeof readPacket(hex.startsWith('6') ? IPV6 : IPV4, bytes, null)).toBe('object')
      }),
    )
  })
})
