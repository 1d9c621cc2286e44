import { describe, expect, test } from 'vitest'
import { chooseStyle, type StyleInput } from '../../../src/cli/print/style.ts'

const TERMINAL: StyleInput = {
  forced: null,
  env: { LANG: 'en_US.UTF-8' },
  terminal: true,
  columns: 120,
  platform: 'linux',
}

describe('chooseStyle', () => {
  test.each([
    ['a terminal has colour', {}, true],
    ['a pipe has none', { terminal: false }, false],
    ['--color colours a pipe', { terminal: false, forced: 'always' }, true],
    ['NO_COLOR ends colour', { env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR says nothing', { env: { NO_COLOR: '' } }, true],
    ['--color wins over NO_COLOR', { env: { NO_COLOR: '1' }, forced: 'always' }, true],
    ['--no-color wins over a terminal', { forced: 'never' }, false],
    ['a dumb terminal has none', { env: { TERM: 'dumb' } }, false],
  ] as const)('%s', (_title, more, color) => {
    expect(chooseStyle({ ...TERMINAL, ...more }).color).toBe(color)
  })

  test.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{}, false],
  ])('in the locale %o arrows are Unicode: %s', (env, unicode) => {
    expect(chooseStyle({ ...TERMINAL, env }).unicode).toBe(unicode)
  })

  test.each([
    [{ columns: 120 }, 120],
    [{ columns: 40 }, 80],
    [{ terminal: false, columns: undefined }, 100],
  ])('%o is %i columns wide', (more, width) => {
    expect(chooseStyle({ ...TERMINAL, ...more }).width).toBe(width)
  })
})
