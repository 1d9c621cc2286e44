import { expect, it } from 'vitest'
import { splitWords } from '../../../../src/core/parse/iptables/split-words.ts'

it.each([
  ['-A INPUT', ['-A', 'INPUT']],
  ['  a \t b  ', ['a', 'b']],
  ['--x "a b" c', ['--x', 'a b', 'c']],
  ['"a \\"b\\" \\\\"', ['a "b" \\']],
  ['""', ['']],
  ['', []],
] as const)('%s', (line, words) => {
  expect(splitWords(line)?.map((word) => word.text)).toEqual(words)
})

it('a quote that is not closed is unreadable', () => {
  expect(splitWords('a "b')).toBeNull()
  expect(splitWords('"a\\"')).toBeNull()
})

it('tells where each word stands', () => {
  const line = 'a "b c" d'
  expect(splitWords(line)?.map((word) => line.slice(word.start, word.end))).toEqual(['a', '"b c"', 'd'])
})
