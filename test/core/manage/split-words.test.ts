import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { quoteShell } from '../../../src/core/manage/quote-shell.ts'
import { splitLine, splitWords } from '../../../src/core/manage/split-words.ts'

/** What a real shell makes of the words of a line. */
function wordsOfShell(line: string): readonly string[] {
  const script = `for word in "$@"; do printf '%s\\0' "$word"; done`
  return spawnSync('sh', ['-c', `set -- ${line}\n${script}`], { encoding: 'utf8' })
    .stdout.split('\0')
    .slice(0, -1)
}

const LINES = [
  'docker run -d --name c1 busybox',
  `docker run -e 'GREETING=hello world' -e "WHO=it's me"`,
  `docker run -e 'WHO=it'\\''s me' ''`,
  'docker network create \\\n    --subnet 10.5.0.0/16 \\\n    my-net',
  'echo a\\ b \\"c\\" "d\\"e" "f\\g" \\\\',
  'docker ps # all of them',
  'a#b c',
  `''""`,
]

describe('one command line', () => {
  it.each(LINES)('is taken apart as sh does: %s', (line) => {
    expect(splitWords(line)).toEqual(wordsOfShell(line))
  })

  it('gives back what was quoted', () => {
    const words = ['plain', '', "it's", 'a\\b', '"$HOME"', '#x', 'new\nline', '(a)']
    expect(splitWords(quoteShell(words))).toEqual(words)
  })

  it.each(['a | b', 'a; b', 'a && b', 'a > b', 'echo $HOME', 'echo `id`', '(a)'])('is more than that: %s', (line) => {
    expect(splitLine(line).kind).toBe('beyond')
    expect(splitWords(line)).toBeNull()
  })

  it('ends with an open quote', () => {
    expect(splitLine("echo 'a").kind).toBe('unclosed')
  })
})
