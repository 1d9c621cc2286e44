import { describe, expect, it } from 'vitest'
import { substitute } from '../../../src/core/compose/substitute.ts'

const variables: Readonly<Record<string, string>> = { A: 'aa', E: '', B: 'b b', A_1: 'one' }
const text = (template: string): string | null => {
  const done = substitute(template, (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined))
  return done.ok ? done.text : null
}

/** All of these were given to docker compose 2.40.3, too; null is what it refuses. */
const cases: readonly (readonly [string, string | null])[] = [
  ['$A', 'aa'],
  ['${A}', 'aa'],
  ['$U', ''],
  ['$A_1', 'one'],
  ['$A.b', 'aa.b'],
  ['$A-b', 'aa-b'],
  ['${U:-x}', 'x'],
  ['${E:-x}', 'x'],
  ['${E-x}', ''],
  ['${U-x}', 'x'],
  ['${A:-x}', 'aa'],
  ['${A:+y}', 'y'],
  ['${E:+y}', ''],
  ['${E+y}', 'y'],
  ['${U+y}', ''],
  ['${A?no}', 'aa'],
  ['${E?no}', ''],
  ['${E:?no}', null],
  ['${U?no}', null],
  ['${U:?no}', null],
  ['${U:-${B}}', 'b b'],
  ['${U:-${V:-${A}}}', 'aa'],
  ['${A:-${U:?deep}}', null],
  ['${U:-a}b}', 'ab}'],
  ['${U-a:-b}', 'a:-b'],
  ['${A:-x} ${U-y}', 'aa y'],
  ['${A} - ${U:-x}', 'aa - x'],
  ['${A:-x}${U:?bad}', null],
  ['$$', '$'],
  ['$$A', '$A'],
  ['$${A}', '${A}'],
  ['$', '$'],
  ['$1', '$1'],
  ['$(A)', '$(A)'],
  ['${', null],
  ['${}', null],
  ['${1}', null],
  ['${A', null],
  ['${A!}', null],
  ['${ A}', null],
  ['${A:=x}', null],
]

describe('variables in values', () => {
  it.each(cases)('%s is %s', (template, expected) => {
    expect(text(template)).toBe(expected)
  })

  it('tells which variables are not set and have no default', () => {
    const done = substitute('$U ${V} ${W:-x} ${X+y} $A', (name) => variables[name])
    expect(done).toEqual({ ok: true, text: '  x  aa', unset: ['U', 'V'] })
  })

  it('says which variable is missing, in the words of the file', () => {
    expect(substitute('${TAG:?set it to ${A}}', (name) => variables[name])).toEqual({
      ok: false,
      message: 'the variable TAG must be set: set it to aa',
    })
  })

  it('gives up on variables nested too deep', () => {
    const deep = '${U:-'.repeat(200) + 'x' + '}'.repeat(200)
    expect(substitute(deep, () => undefined)).toMatchObject({ ok: false })
  })
})
