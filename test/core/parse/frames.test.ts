import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, splitFrames } from '../../../src/core/parse/frames.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const lengthOf = (text: string) => bytesOf(text).length

function print({ namespace, command, exit, output, error }: Frame): string {
  return `@@ ${namespace} ${command} ${exit} ${lengthOf(output)} ${lengthOf(error)}\n${output}\n${error}\n`
}

describe('splitFrames', () => {
  it('gives each command with its output, its errors and its exit status', () => {
    const frames: Frame[] = [
      { namespace: '4026531840', command: 'ip', exit: 0, output: '[{"ifname":"lo"}]\n[]', error: '' },
      { namespace: '0', command: 'pid:7', exit: 1, output: '', error: 'stat: no such file\nreally' },
    ]
    expect(splitFrames(bytesOf(frames.map(print).join('')))).toEqual({ value: frames, problems: [] })
  })

  it('counts bytes and not characters, whatever the output holds', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), (pairs) => {
        const frames = pairs.map(([output, error], index) => ({
          namespace: '1',
          command: `c${index}`,
          exit: index,
          output,
          error,
        }))
        expect(splitFrames(bytesOf(frames.map(print).join('')))).toEqual({ value: frames, problems: [] })
      }),
    )
  })

  it('gives what there is of output that was cut, and where it was cut', () => {
    const whole = { namespace: '1', command: 'a', exit: 0, output: 'x', error: '' }
    const text = print(whole)
    const { value, problems } = splitFrames(bytesOf(`${text}@@ 1 b 0 100 0\nonly this`))
    expect(value).toEqual([whole])
    expect(problems).toEqual([
      { message: `the reader's output is damaged at byte ${text.length}: b is cut`, path: `byte ${text.length}` },
    ])
  })

  it('takes what is no frame for damage, not for emptiness', () => {
    expect(splitFrames(bytesOf('sh: syntax error\n')).problems).toHaveLength(1)
  })
})
