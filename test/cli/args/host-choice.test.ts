import { describe, expect, test } from 'vitest'
import { chooseHost } from '../../../src/cli/args/host-choice.ts'

const choose = (values: Record<string, string>) => chooseHost({ values, switches: new Set(), positionals: [] })

describe('chooseHost', () => {
  test.each([
    [{}, { kind: 'default' }],
    [{ 'docker-host': 'unix:///x' }, { kind: 'docker-host', url: 'unix:///x' }],
    [{ context: 'lab' }, { kind: 'context', name: 'lab' }],
    [{ snapshot: 'h.json' }, { kind: 'snapshot', file: 'h.json' }],
  ])('%o', (values, choice) => {
    expect(choose(values)).toEqual({ ok: true, value: choice })
  })

  test.each([
    [{ context: 'lab', snapshot: 'h.json' }, '--context and --snapshot both choose the host; give one of them'],
    [
      { 'docker-host': 'ftp://x' },
      '--docker-host: "ftp://x" is not the address of a Docker engine; write it like unix:///var/run/docker.sock',
    ],
    [{ snapshot: '' }, '--snapshot is empty'],
  ])('%o is refused', (values, problem) => {
    expect(choose(values)).toEqual({ ok: false, problem })
  })
})
