import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptText } from '../../../src/backend/probe/script-text.ts'

const missing = existsSync('/usr/bin/perl') ? '' : ' (skipped: there is no Perl on this machine)'

describe.skipIf(missing !== '')(`a program that the reader of a host runs${missing}`, () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hopwire-read-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Has the reader run lines of shell that know by $n how often they were run; gives their frames. */
  const framesOf = (name: string, ...lines: readonly string[]): string => {
    const counting = lines.map((line, index) => `f=${folder}/${name}.${index}; echo >> $f; n=$(wc -l < $f); ${line}`)
    const run = `($to, $id, $errors) = (*STDOUT, 7, undef); open $errors, '+>', $ARGV[0] or die; tool('it', '/bin/sh', '-c', $_) for @ARGV[1 .. $#ARGV];`
    const words = ['-e', `${scriptText('read-host.pl')}\n${run}`, '--', join(folder, `${name}.errors`), ...counting]
    const { stdout, stderr } = spawnSync('/usr/bin/perl', words, { encoding: 'utf8' })
    expect(stderr).toBe('')
    return stdout
  }
  const torn = 'echo Dump was interrupted and may be inconsistent. >&2'

  it('is told of with its output, and with what it said where it failed', () => {
    expect(framesOf('well', 'echo out; echo said >&2')).toBe('@@ 7 it 0 3 0\nout\n\n')
    const [first, second] = ['echo out; echo said >&2; exit 3', 'echo said more >&2; exit 4']
    expect(framesOf('badly', first, second)).toBe('@@ 7 it 3 3 4\nout\nsaid\n@@ 7 it 4 0 9\n\nsaid more\n')
  })

  it('is run again where a change tore what it dumped', () => {
    expect(framesOf('torn', `echo out $n; [ $n -gt 2 ] || ${torn}`)).toBe('@@ 7 it 0 5 0\nout 3\n\n')
  })

  it('has failed where every dump was torn', () => {
    expect(framesOf('always', `echo out; ${torn}`)).toMatch(/^@@ 7 it 1 3 \d+\nout\nDump was interrupted/)
  })
})
