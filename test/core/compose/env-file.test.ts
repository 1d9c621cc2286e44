import { describe, expect, it } from 'vitest'
import { readEnvFile } from '../../../src/core/compose/env-file.ts'
import { formatNote, NoteBook } from '../../../src/core/compose/notes.ts'

function read(text: string): { found: Readonly<Record<string, string>>; problems: readonly string[] } {
  const notes = new NoteBook()
  const found = readEnvFile(text, '.env', (name) => (name === 'OUT' ? 'outer' : undefined), notes)
  return { found, problems: notes.problems.map(formatNote) }
}

/** All of these were read by docker compose 2.40.3, too. */
const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['A=1', { A: '1' }],
  ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['# no\n\n  export  A = a b   # comment', { A: 'a b' }],
  ['A=a#b', { A: 'a#b' }],
  ['A: yaml', { A: 'yaml' }],
  ['A=', { A: '' }],
  ['A=x=y', { A: 'x=y' }],
  [`A='$OUT \\n'`, { A: '$OUT \\n' }],
  ['A="$OUT\\tx\\"y"', { A: 'outer\tx"y' }],
  ['A="\\$OUT"', { A: '$OUT' }],
  ['A="\\0101\\07"', { A: 'A\\7' }],
  ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
  ['A=1\nB=${A}${C:-2}', { A: '1', B: '12' }],
  ['OUT\nGONE\n', { OUT: 'outer' }],
  ['1A=x\nA=y', { A: 'y' }],
]

describe('an env file', () => {
  it.each(cases)('%j', (text, expected) => {
    expect(read(text)).toEqual({ found: expected, problems: [] })
  })

  it.each([
    ['A=1\nB="x', '.env:2:1: the value "x has no closing quote'],
    ['A!=1', '.env:1:1: "!" cannot stand in the name of a variable'],
    ['\na b=1', '.env:2:1: the name "a b" has a space in it'],
    ['A=${', '.env:1:1: "${" is no variable that compose knows (for a plain $ write $$)'],
  ])('%j is refused', (text, expected) => {
    expect(read(text).problems).toEqual([expected])
  })
})
