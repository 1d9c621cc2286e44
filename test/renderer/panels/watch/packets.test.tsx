// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { WatchPacket } from '../../../../src/core/watch/watch.ts'
import {
  packetWords,
  stampWords,
  timeWords,
  whereWords,
} from '../../../../src/renderer/panels/watch/describe-packet.ts'
import { ageWords, byteWords, clockWords, rateWords } from '../../../../src/renderer/panels/watch/format-counts.ts'
import { PacketList } from '../../../../src/renderer/panels/watch/packet-list.tsx'
import { PacketPanel } from '../../../../src/renderer/panels/watch/packet-panel.tsx'
import { WatchNotes } from '../../../../src/renderer/panels/watch/watch-notes.tsx'
import { createWatchDouble } from '../../support/watch-double.ts'
import { makePacket } from '../../support/watch-samples.ts'
import { makeHost } from '../../support/sample-host.ts'
import { render } from '../render.tsx'

function list(count: number, still: boolean, cursor: number | null = null) {
  const fetched: (readonly [number, number])[] = []
  const shown: number[] = []
  let pauses = 0
  const packets = new Map(Array.from({ length: 30 }, (_, index) => [100 + index, makePacket(100 + index)]))
  const page = render(
    <PacketList
      kept={{ first: 100, next: 100 + count }}
      packets={packets}
      cursor={cursor}
      still={still}
      playing={false}
      onFetch={(from, next) => fetched.push([from, next])}
      onShow={(seq) => shown.push(seq)}
      onStep={() => undefined}
      onPause={() => pauses++}
    />,
  )
  return { page, fetched, shown, pauses: () => pauses }
}

describe('the list of packets', () => {
  it('fetches and draws those in sight alone', () => {
    const { page, fetched } = list(200_000, true, 101)
    expect(page.box.querySelectorAll('tbody tr').length).toBeLessThan(60)
    expect(fetched[0]?.[0]).toBe(100)
    expect((fetched[0]?.[1] ?? 0) - 100).toBeLessThan(60)
    expect(page.find('tr[aria-selected="true"]').textContent).toContain('c1 · eth0 · out')
    expect(page.find('table').getAttribute('aria-rowcount')).toBe('200001')
  })

  it('asks to pause while packets still come', () => {
    const { page, pauses } = list(12, false)
    expect(page.box.textContent).toContain('12 packets kept')
    page.click(page.find('button'))
    expect(pauses()).toBe(1)
  })

  it('looks at a packet that is pressed', () => {
    const { page, shown } = list(20, true)
    page.click(page.find('#packet-103'))
    expect(shown).toEqual([103])
  })
})

describe('a packet in full', () => {
  it('has its headers, its stamp to the nanosecond, its place and its comments', () => {
    const packet = makePacket(7, {
      nanoseconds: 123_456_789,
      comments: ['nat POSTROUTING: -j MASQUERADE'],
      length: 1500,
      kept: 96,
    })
    const page = render(<PacketPanel packet={packet} flow={null} onFlow={() => undefined} onClose={() => undefined} />)
    for (const words of [
      'eth0 in container:c1, out',
      'tcp.flags',
      'SYN',
      '.123456789 UTC',
      '1,500 bytes, 96 kept',
      'MASQUERADE',
    ])
      expect(page.box.textContent).toContain(words)
  })

  it('says why one cannot be read, and when none of this host’s devices saw it', () => {
    const odd: Partial<WatchPacket> = { packet: null, problem: 'an LLDP frame', netns: null, direction: null }
    expect(packetWords(null, 'an LLDP frame')).toBe('an LLDP frame')
    expect(whereWords(makePacket(1, odd))).toBe('eth0, not of this host')
    const page = render(
      <PacketPanel packet={makePacket(1, odd)} flow={null} onFlow={() => undefined} onClose={() => undefined} />,
    )
    expect(page.find('h3').textContent).toBe('an LLDP frame')
  })
})

describe('the notes of a watch', () => {
  it('tell what of a file could not be read and where, and which packets have no place here', async () => {
    const double = createWatchDouble(makeHost({ containers: 1, networks: 1 }))
    const outcome = await double.service.methods.importCapture(
      { upload: 'u1', name: 'a.pcapng' },
      { signal: new AbortController().signal },
    )
    if (!outcome.ok) throw new Error(outcome.failure.message)
    const page = render(<WatchNotes info={outcome.value.watch} totals={null} capture={outcome.value} />)
    expect(page.box.textContent).toContain('At byte 4,096: the block ends before its length')
    expect(page.box.textContent).toContain('wlan02 packetsno device of this host has the address 10.9.9.9')
    expect(page.box.textContent).toContain('eth0 in container:web: its address is 172.17.0.4')
    expect(page.box.textContent).not.toContain('Listening in')
  })
})

describe('numbers in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1250, '1.3 kB'],
    [999_600, '1 MB'],
    [33_554_432, '33.6 MB'],
    [256_000_000, '256 MB'],
  ])('%d bytes', (bytes, words) => expect(byteWords(bytes)).toBe(words))

  it.each([
    [0, ''],
    [0.02, '0.1/s'],
    [3.26, '3.3/s'],
    [12.4, '12/s'],
    [1234, '1.2k/s'],
    [65_400, '65k/s'],
  ])('%d packets a second', (rate, words) => expect(rateWords(rate)).toBe(words))

  it.each([
    [-5, '0 s'],
    [4200, '4 s'],
    [125_000, '2 min 5 s'],
    [4_320_000, '1 h 12 min'],
  ])('%d milliseconds', (age, words) => expect(ageWords(age)).toBe(words))

  it.each([
    [-5, '0:00'],
    [65_000, '1:05'],
    [3_723_000, '1:02:03'],
  ])('%d milliseconds on a clock', (age, words) => expect(clockWords(age)).toBe(words))

  it('writes the time of a packet as the machine’s clock had it', () => {
    const stamp = { seconds: 1_795_230_000, nanoseconds: 5_000 }
    expect(timeWords(stamp)).toBe('03:00:00.000005')
    expect(stampWords(stamp)).toBe('2026-11-21 03:00:00.000005000 UTC')
  })
})
