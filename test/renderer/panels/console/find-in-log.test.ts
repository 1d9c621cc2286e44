import { describe, expect, test } from 'vitest'
import type { LogLine } from '../../../../src/protocol/manage-methods.ts'
import { findLines, logText, plainText, splitFound } from '../../../../src/renderer/panels/console/find-in-log.ts'

const line = (text: string, at: string | null = null): LogLine => ({ stream: 'stdout', at, text })

describe('the text of a line', () => {
  test('has no escape sequences, and of a progress bar only its last state', () => {
    expect(plainText(line('\u001B[1;31mred\u001B[0m and \u001B]0;title\u0007plain'))).toBe('red and plain')
    expect(plainText(line('10 %\r50 %\r\u001B[K100 %'))).toBe('100 %')
    expect(plainText(line('  as it is\t'))).toBe('  as it is\t')
  })

  test('is found whatever its case and colours', () => {
    const lines = [line('GET /'), line('\u001B[31mget\u001B[0m /x'), line('POST /')]
    expect(findLines(lines, 'Get /')).toEqual([0, 1])
    expect(findLines(lines, '')).toEqual([])
    expect(findLines(lines, '[')).toEqual([])
  })

  test('is split where something was found', () => {
    expect(splitFound('aXbxc', 'x')).toEqual([
      { text: 'a', found: false },
      { text: 'X', found: true },
      { text: 'b', found: false },
      { text: 'x', found: true },
      { text: 'c', found: false },
    ])
    expect(splitFound('abc', '')).toEqual([{ text: 'abc', found: false }])
    expect(splitFound('İx', 'x')).toEqual([{ text: 'İx', found: false }])
  })

  test('is saved with its time where times are shown', () => {
    const lines = [line('one', '2026-01-31T12:00:00.123456789Z'), line('two')]
    expect(logText(lines, true)).toBe('2026-01-31T12:00:00.123456789Z one\ntwo\n')
    expect(logText(lines, false)).toBe('one\ntwo\n')
  })
})
