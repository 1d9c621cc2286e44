import { describe, expect, test } from 'vitest'
import { LogPacer } from '../../../../src/backend/manage/console/log-pacer.ts'
import { createLogSplitter, decodeLine, type RawLine } from '../../../../src/backend/manage/console/log-splitter.ts'
import type { LogLine } from '../../../../src/protocol/manage-methods.ts'

const AT = '2026-01-31T12:00:00.123456789Z'
const LATER = '2026-01-31T12:00:01.000000000Z'

function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

/** Splits the same bytes in chunks of every one of some lengths; the result may not depend on it. */
function split(tty: boolean, bytes: Buffer): readonly LogLine[] {
  const results = [1, 7, 100, bytes.length].map((size) => {
    const lines: LogLine[] = []
    const splitter = createLogSplitter(tty, (line) => lines.push(decodeLine(line)))
    for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size))
    splitter.end()
    return lines
  })
  for (const lines of results) expect(lines).toEqual(results[0])
  return results[0] ?? []
}

describe('a log in frames', () => {
  test('tells both streams and the time stamps apart, and joins what came in pieces', () => {
    const pieces = [frame(1, `${AT} ä`), frame(2, `${AT} oh no\n`), frame(1, `${LATER} b\n`), frame(1, `${AT} \n`)]
    expect(split(false, Buffer.concat(pieces))).toEqual([
      { stream: 'stderr', at: AT, text: 'oh no' },
      { stream: 'stdout', at: AT, text: 'äb' },
      { stream: 'stdout', at: AT, text: '' },
    ])
  })

  test('gives what has no line end, and what has no time stamp, as it is', () => {
    const bytes = Buffer.concat([frame(2, 'Error grabbing logs: EOF\n'), frame(1, `${AT} rest`)])
    expect(split(false, bytes)).toEqual([
      { stream: 'stderr', at: null, text: 'Error grabbing logs: EOF' },
      { stream: 'stdout', at: AT, text: 'rest' },
    ])
  })
})

describe('the log of a terminal', () => {
  test('has no frames; stamps within a long line are taken out', () => {
    const piece = 'x'.repeat(16 * 1024)
    const text = `${AT} one\r\n${AT} ${piece}${AT} ${piece}${LATER} end\r\n${AT} last`
    const [one, long, last] = split(true, Buffer.from(text))
    expect([one, last]).toEqual([
      { stream: 'stdout', at: AT, text: 'one' },
      { stream: 'stdout', at: AT, text: 'last' },
    ])
    expect(long?.text).not.toContain('2026')
    const shown = long?.text.replace(/ … .*$/, '').length ?? 0
    const more = Number(/… \((\d+) bytes more\)$/.exec(long?.text ?? '')?.[1])
    // The line's end, a carriage return, is among what is not shown.
    expect(shown + more).toBe(2 * piece.length + 'end\r'.length)
  })
})

describe('a log that comes too fast', () => {
  const line = (text: string): RawLine => ({ stream: 'stdout', bytes: Buffer.from(`${AT} ${text}`), cut: 0 })

  test('loses its middle, and says how much', () => {
    const told: (readonly LogLine[])[] = []
    const pacer = new LogPacer(0, (lines) => told.push(lines))
    for (let index = 0; index < 5000; index += 1) pacer.add(line(`${index}`))
    pacer.flush()
    const [lines = []] = told
    expect(told).toHaveLength(1)
    const texts = lines.map(({ text }) => text)
    expect([texts[0], texts.at(-1)]).toEqual(['0', '4999'])
    const note = lines.findIndex(({ stream }) => stream === 'note')
    expect(lines[note]?.text).toMatch(/^4000 lines were left out here \(1\d\d kB\)/)
    expect([texts[note - 1], texts[note + 1]]).toEqual(['499', '4500'])
    pacer.add(line('on'))
    pacer.flush()
    expect(told[1]?.map(({ text }) => text)).toEqual(['on'])
  })

  test('keeps all lines that were asked for', () => {
    const told: LogLine[] = []
    const pacer = new LogPacer(3000, (lines) => told.push(...lines))
    for (let index = 0; index < 3000; index += 1) pacer.add(line(`${index}`))
    pacer.flush()
    expect(told.map(({ text }) => text)).toEqual(Array.from({ length: 3000 }, (_, index) => `${index}`))
  })
})
