import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demux } from '../../../src/backend/docker/demux.ts'

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

describe('demux', () => {
  it('puts each stream together again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.string())), (parts) => {
        const { stdout, stderr } = demux(Buffer.concat(parts.map(([stream, text]) => frame(stream, text))))
        const of = (wanted: number) => parts.map(([stream, text]) => (stream === wanted ? text : '')).join('')
        expect([stdout.toString(), stderr.toString()]).toEqual([of(1), of(2)])
      }),
    )
  })

  it('takes a hundred thousand tiny frames without overflowing the stack', () => {
    expect(demux(Buffer.concat(Array.from({ length: 100_000 }, () => frame(1, 'x')))).stdout).toHaveLength(100_000)
  })

  it('gives what there is of a frame that is cut', () => {
    expect(demux(frame(1, 'hello').subarray(0, 10)).stdout.toString()).toBe('he')
    expect(demux(frame(1, 'hello').subarray(0, 5)).stdout).toHaveLength(0)
  })
})
