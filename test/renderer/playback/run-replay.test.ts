import { describe, expect, it } from 'vitest'
import type { WatchPacket } from '../../../src/core/watch/watch.ts'
import { advance } from '../../../src/renderer/playback/run-replay.ts'
import { INITIAL_WATCH, type WatchData } from '../../../src/renderer/store/watch-data.ts'
import { makePacket } from '../support/watch-samples.ts'

function ring(packets: readonly WatchPacket[], cursor: number | null = null): WatchData {
  const kept = { first: packets[0]?.seq ?? 0, next: (packets.at(-1)?.seq ?? -1) + 1 }
  return { ...INITIAL_WATCH, kept, cursor, packets: new Map(packets.map((each) => [each.seq, each])) }
}
const seqs = (packets: readonly WatchPacket[]) => packets.map(({ seq }) => seq)

describe('the replay of packets', () => {
  // A hundred milliseconds apart, numbers 5 to 24.
  const packets = Array.from({ length: 20 }, (_, index) => makePacket(5 + index))

  it('passes packets at their own pace and keeps what is left of the time', () => {
    const first = advance(ring(packets), 0)
    expect(seqs(first.passed)).toEqual([5])
    const next = advance(ring(packets, 5), 250)
    expect(seqs(next.passed)).toEqual([6, 7])
    expect(next.waited).toBeCloseTo(50)
    expect(advance(ring(packets, 7), 99).passed).toEqual([])
  })

  it('cuts a long silence short', () => {
    const silent = [makePacket(1), makePacket(2, { seconds: makePacket(1).seconds + 3600 })]
    expect(seqs(advance(ring(silent, 1), 700).passed)).toEqual([2])
    expect(advance(ring(silent, 1), 600).passed).toEqual([])
  })

  it('passes packets of one moment together, but not an endless burst in one frame', () => {
    const burst = Array.from({ length: 1000 }, (_, index) => makePacket(index, { seconds: 1, nanoseconds: 0 }))
    const { passed, cursor } = advance(ring(burst, 0), 1)
    expect(passed.length).toBeGreaterThan(100)
    expect(passed.length).toBeLessThan(999)
    expect(cursor).toBe(passed.at(-1)?.seq)
  })

  it('waits for packets that have not come, and ends at the last', () => {
    const missing = { ...ring(packets, 5), packets: new Map([[5, makePacket(5)]]) }
    expect(advance(missing, 5000)).toEqual({ passed: [], cursor: 5, waited: 0 })
    expect(advance(ring(packets, 20), 60_000).cursor).toBe(24)
  })
})
