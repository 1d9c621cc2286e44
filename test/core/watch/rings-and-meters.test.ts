import { describe, expect, it } from 'vitest'
import { HopMeter } from '../../../src/core/watch/hop-meter.ts'
import { PacketRing } from '../../../src/core/watch/packet-ring.ts'

describe('PacketRing', () => {
  const fill = (capacity: number, count: number, size = 100) => {
    const ring = new PacketRing<{ readonly seq: number; readonly bytes: Uint8Array }>(capacity)
    for (let seq = 0; seq < count; seq += 1) ring.push({ seq, bytes: new Uint8Array(size) })
    return ring
  }
  const numbers = (ring: ReturnType<typeof fill>, from: number, count: number) =>
    ring.read(from, count).map(({ seq }) => seq)

  it('keeps the newest packets within its capacity', () => {
    const ring = fill(2280, 5000)
    expect({ first: ring.first, next: ring.next, size: ring.size }).toEqual({ first: 4990, next: 5000, size: 2280 })
    expect(numbers(ring, 0, 3)).toEqual([4990, 4991, 4992])
    expect(numbers(ring, 4998, 10)).toEqual([4998, 4999])
    expect(numbers(ring, 6000, 10)).toEqual([])
  })

  it('keeps nothing where not even one fits, and goes on counting', () => {
    const ring = fill(100, 3)
    expect({ first: ring.first, next: ring.next, size: ring.size }).toEqual({ first: 3, next: 3, size: 0 })
  })

  it('refuses a number out of turn', () => {
    expect(() => fill(1000, 1).push({ seq: 5, bytes: new Uint8Array(1) })).toThrow('5 where 1')
  })
})

describe('HopMeter', () => {
  const nameOf = ({ deviceIndex }: { readonly deviceIndex: number }) => ({ netns: 'host', device: `eth${deviceIndex}` })
  const count = (meter: HopMeter, device: number, direction: 'in' | 'out', packets: number) => {
    const tap = meter.tapOf(0, device, direction)
    for (let seq = 0; seq < packets; seq += 1) meter.count(tap, 100, { seq, flow: 1, at: seq })
  }

  it('tells single packets of a device as long as an eye can follow them', () => {
    const meter = new HopMeter()
    count(meter, 1, 'in', 5)
    count(meter, 2, 'out', 6)
    const { hops, moves } = meter.take(250, nameOf)
    expect(hops).toEqual([
      {
        netns: 'host',
        device: 'eth1',
        direction: 'in',
        packets: 5,
        bytes: 500,
        packetsPerSecond: 20,
        bytesPerSecond: 2000,
        aggregated: false,
      },
      expect.objectContaining({ device: 'eth2', packets: 6, packetsPerSecond: 24, aggregated: true }),
    ])
    expect(moves.map(({ device, seq }) => `${device} ${seq}`)).toEqual([
      'eth1 0',
      'eth1 1',
      'eth1 2',
      'eth1 3',
      'eth1 4',
    ])
    expect(meter.take(250, nameOf)).toEqual({ hops: [], moves: [] })
  })

  it('has a tap of its own for each place, device and direction', () => {
    const meter = new HopMeter()
    const taps = [meter.tapOf(0, 1, 'in'), meter.tapOf(0, 1, 'out'), meter.tapOf(1, 1, 'in'), meter.tapOf(0, 2, 'in')]
    expect(new Set(taps.map(({ number }) => number)).size).toBe(4)
    expect(meter.tapOf(0, 1, 'in')).toBe(taps[0])
  })
})
