import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { locateJson } from '../../../src/core/parse/locate-json.ts'

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('locateJson', () => {
  test('reads whatever JSON.stringify writes', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => locateJson(JSON.stringify(value)).ok))
  })

  test('agrees with JSON.parse on broken texts', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', ',', '\\', ' ', '0', '-', '\u0001'))
      .map(([text, at, put]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + put + text.slice(place + 1)
      })
    fc.assert(
      fc.property(broken, (text) => locateJson(text).ok === parses(text)),
      { numRuns: 2000 },
    )
  })

  test('gives the offset of every outer value, and of no inner one', () => {
    const located = locateJson('{ "a": {"b": 1}, "c":[ "d" ] }')
    expect(located.ok && [...located.members]).toEqual([
      ['a', 7],
      ['c', 21],
    ])
  })

  test('a text that is cut breaks at its end', () => {
    const text = '{"a": [1, "two"], "b": {"c": "d"}}'
    const ends = ['{', '{"a', '{"a":', '{"a": [1,', '{"a": [1, "tw', text.slice(0, -1)]
    expect(ends.map((cut) => locateJson(cut))).toMatchObject(ends.map((cut) => ({ ok: false, offset: cut.length })))
  })
})
