/** The two outputs of a process that runs without a terminal. */
export interface Outputs {
  readonly stdout: Buffer
  readonly stderr: Buffer
}

const headerLength = 8

/**
 * Takes apart what the API sends for a process without a terminal: frames of one byte for the stream (1 output, 2 errors),
 * three zeros, a length of four bytes, and the payload. Iterative over the whole: dockerode's own recurses once a frame
 * and overflows the stack on a few thousand small ones. A frame that is cut at the end gives what there is of it.
 */
export function demux(bytes: Buffer): Outputs {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let offset = 0
  while (offset + headerLength <= bytes.length) {
    const start = offset + headerLength
    const end = start + bytes.readUInt32BE(offset + 4)
    const target = bytes[offset] === 2 ? stderr : stdout
    target.push(bytes.subarray(start, end))
    offset = end
  }
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }
}
