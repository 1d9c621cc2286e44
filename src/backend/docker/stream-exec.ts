import { type ExecResult, keepInTouch, type RunningExec } from './run-exec.ts'

/** How a program that tells as long as it runs is read. */
export interface StreamOptions {
  /** Gets standard output as it comes; the bytes may be kept. */
  readonly onOutput: (bytes: Buffer) => void
  /** Ends the program's standard input; what it then still writes is told. */
  readonly signal: AbortSignal
}

/** How long a program may take to end after its input has, in milliseconds. */
const endWithin = 10_000

/** As much of standard error as a message needs. */
const mostError = 16 * 1024

const headerLength = 8

/**
 * Reads a program to its end and hands its output on piece by piece; the result has standard error only. Its standard input
 * stays open until the signal fires or this process ends, and a line end is written into it every second.
 */
export async function streamExec(
  running: RunningExec,
  { onOutput, signal }: StreamOptions,
): Promise<Omit<ExecResult, 'stdout'>> {
  const { stream } = running
  let timer: NodeJS.Timeout | undefined
  const beat = keepInTouch(running)
  const abort = (): void => {
    clearInterval(beat)
    stream.end()
    timer = setTimeout(() => stream.destroy(new Error('the program does not end')), endWithin)
  }
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const errors: Buffer[] = []
  let errorLength = 0
  const onError = (bytes: Buffer): void => {
    if (errorLength > mostError) return
    errorLength += bytes.length
    errors.push(bytes)
  }
  stream.on('data', createDemux(onOutput, onError))
  try {
    await ended(stream)
    return { exitCode: (await running.exitCode()) ?? -1, stderr: Buffer.concat(errors) }
  } finally {
    clearInterval(beat)
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function ended(stream: RunningExec['stream']): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('close', resolve)
    // The engine ends its side only; this side must end, too, before the stream closes.
    stream.on('end', () => stream.destroy())
  })
}

/**
 * Returns a function that takes apart the engine's frames (see demux.ts) as they come. A payload is handed on in the pieces
 * in which it came, so that none is put together for nothing.
 */
export function createDemux(onOutput: (bytes: Buffer) => void, onError: (bytes: Buffer) => void) {
  let header: Buffer = Buffer.alloc(0)
  let isError = false
  let left = 0
  return (chunk: Buffer): void => {
    let at = 0
    while (at < chunk.length) {
      if (left === 0) {
        const wanted = headerLength - header.length
        const part = chunk.subarray(at, at + wanted)
        header = header.length === 0 ? part : Buffer.concat([header, part])
        at += part.length
        if (header.length < headerLength) break
        isError = header[0] === 2
        left = header.readUInt32BE(4)
        header = Buffer.alloc(0)
        continue
      }
      const payload = chunk.subarray(at, at + left)
      at += payload.length
      left -= payload.length
      if (isError) onError(payload)
      else onOutput(payload)
    }
  }
}
