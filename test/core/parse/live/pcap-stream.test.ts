import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endPcap, feedPcap, openPcap, type PcapRecord } from '../../../../src/core/parse/live/pcap-stream.ts'
import type { ParseProblem } from '../../../../src/core/parse/problem.ts'
import { loadLive } from '../../../fixtures/load-live.ts'

function captureOf(shows: string): Uint8Array {
  const live = loadLive('docker-28').cases.find((each) => each.shows === shows)
  const pcap = live?.raw.namespaces.find(({ netns }) => netns === 'host')?.pcap
  if (pcap === undefined || pcap === null) throw new Error(`no capture of "${shows}"`)
  return pcap
}

function readAll(pieces: readonly Uint8Array[]): { records: readonly PcapRecord[]; problems: readonly ParseProblem[] } {
  const stream = openPcap()
  const read = pieces.map((piece) => feedPcap(stream, piece))
  return {
    records: read.flatMap(({ value }) => value),
    problems: [...read.flatMap(({ problems }) => problems), ...endPcap(stream)],
  }
}

const capture = captureOf('the internet')

describe('feedPcap', () => {
  it('reads what tcpdump wrote, with nanoseconds', () => {
    const { records, problems } = readAll([capture])
    expect(problems).toEqual([])
    expect(records.length).toBeGreaterThanOrEqual(7)
    expect(records.every(({ nanoseconds }) => nanoseconds < 1e9)).toBe(true)
    expect(records.some(({ nanoseconds }) => nanoseconds % 1000 !== 0)).toBe(true)
  })

  it('gives the same in whatever pieces it comes', () => {
    const whole = readAll([capture])
    fc.assert(
      fc.property(fc.array(fc.nat(capture.length), { maxLength: 12 }), (cuts) => {
        const sorted = [0, ...cuts.toSorted((a, b) => a - b), capture.length]
        const pieces = sorted.slice(1).map((end, index) => capture.slice(sorted[index], end))
        expect(readAll(pieces)).toEqual(whole)
      }),
    )
  })

  it('says where a capture is cut, and keeps what is whole', () => {
    const whole = readAll([capture]).records
    const { records, problems } = readAll([capture.slice(0, -5)])
    expect(records).toEqual(whole.slice(0, -1))
    const at = whole.at(-1)?.offset
    expect(problems).toEqual([{ message: `the capture is cut within a record, at byte ${at}`, path: `byte ${at}` }])
  })

  it.each([
    ['nothing at all', new Uint8Array(0), 'the capture has no whole header, at byte 0'],
    ['no capture', new TextEncoder().encode('tcpdump: permission denied\n'), 'no capture: the first four bytes'],
    ['another link type', withByte(capture, 20, 1), 'link type 257 is not LINUX_SLL2 (276)'],
    ['an impossible length', withByte(capture, 24 + 11, 0x7f), 'is none'],
    ['an impossible stamp', withByte(capture, 24 + 7, 0x7f), 'more than a second of fractions'],
  ])('refuses %s with a position', (_, bytes, message) => {
    const { problems } = readAll([bytes])
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toContain(message)
    expect(problems[0]?.path).toMatch(/^byte \d+$/)
  })

  it('reads both byte orders and microseconds', () => {
    const swapped = new Uint8Array(24 + 16 + 20)
    const view = new DataView(swapped.buffer)
    view.setUint32(0, 0xa1b2c3d4)
    view.setUint32(20, 276)
    view.setUint32(24, 7)
    view.setUint32(28, 42)
    view.setUint32(32, 20)
    expect(readAll([swapped])).toEqual({
      records: [{ seconds: 7, nanoseconds: 42_000, offset: 24, length: 0, bytes: new Uint8Array(20) }],
      problems: [],
    })
  })
})

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice()
  changed[at] = value
  return changed
}
