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
 * Splits the reader's output (resources/probe/read-host.sh) into its frames. Lengths are counted in bytes, so this takes
 * bytes. Output that is cut or that does not start with a header gives the frames up to there and a problem with the
 * byte's position as its path.
 */
export function splitFrames(bytes: Uint8Array): Parsed<readonly Frame[]> {
  const frames: Frame[] = []
  let offset = 0
  while (offset < bytes.length) {
    const end = bytes.indexOf(10, offset)
    const match = end === -1 ? null : header.exec(decode(bytes.subarray(offset, end)))
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
      output: decode(bytes.subarray(output, error - 1)),
      error: decode(bytes.subarray(error, next - 1)),
    })
    offset = next
  }
  return { value: frames, problems: [] }
}

function problemAt(offset: number, what: string): ParseProblem {
  return { message: `the reader's output is damaged at byte ${offset}: ${what}`, path: `byte ${offset}` }
}

/**
 * Decodes UTF-8. TextDecoder is a web API that the pure core has no types for; rule comments and container names are
 * nearly always ASCII, for which this is the shortest way. Bytes that are not UTF-8 become U+FFFD.
 */
function decode(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; ) {
    const [codePoint, length] = codePointAt(bytes, index)
    text += String.fromCodePoint(codePoint)
    index += length
  }
  return text
}

function codePointAt(bytes: Uint8Array, index: number): readonly [number, number] {
  const first = bytes[index] ?? 0
  if (first < 0x80) return [first, 1]
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first >= 0xf5) return [0xfffd, 1]
  let codePoint = first & (0xff >> (length + 1))
  for (let step = 1; step < length; step += 1) {
    const next = bytes[index + step] ?? 0
    if ((next & 0xc0) !== 0x80) return [0xfffd, step]
    codePoint = (codePoint << 6) | (next & 0x3f)
  }
  const valid = codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  return [valid ? codePoint : 0xfffd, length]
}
