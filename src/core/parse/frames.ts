import { decodeUtf8 } from '../net/utf8.ts'
import type { Parsed, ParseProblem } from './problem.ts'

/** What one command of the reader printed in one namespace. `namespace` is its inode, `0` for none in particular. */
export interface Frame {
  readonly namespace: string
  readonly command: string
  readonly exit: number
  readonly output: string
  readonly error: string
}

const header = /^@@ (\d+) (\S+) (\d+) (\d+) (\d+)$/

/**
 * Splits the reader's output (resources/probe/read-host.pl) into its frames. Lengths are counted in bytes, so this takes
 * bytes. Output that is cut or that does not start with a header gives the frames up to there and a problem with the
 * byte's position as its path.
 */
export function splitFrames(bytes: Uint8Array): Parsed<readonly Frame[]> {
  const frames: Frame[] = []
  let offset = 0
  while (offset < bytes.length) {
    const end = bytes.indexOf(10, offset)
    const match = end === -1 ? null : header.exec(decodeUtf8(bytes.subarray(offset, end)))
    if (match === null) return { value: frames, problems: [problemAt(offset, 'no frame header')] }
    const [, namespace, command, exit, size, errorSize] = match as unknown as readonly [string, ...string[]]
    const output = end + 1
    const error = output + Number(size) + 1
    const next = error + Number(errorSize) + 1
    if (next > bytes.length) return { value: frames, problems: [problemAt(offset, `${command} is cut`)] }
    frames.push({
      namespace: namespace ?? '0',
      command: command ?? '',
      exit: Number(exit),
      output: decodeUtf8(bytes.subarray(output, error - 1)),
      error: decodeUtf8(bytes.subarray(error, next - 1)),
    })
    offset = next
  }
  return { value: frames, problems: [] }
}

function problemAt(offset: number, what: string): ParseProblem {
  return { message: `the reader's output is damaged at byte ${offset}: ${what}`, path: `byte ${offset}` }
}
