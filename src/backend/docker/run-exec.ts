/** Follows programs that run in containers. */
import type { Duplex } from 'node:stream'
import { demux } from './demux.ts'

/** What an `exec` gave. */
export interface ExecResult {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** A program that the engine has started: its streams in one, and how it ended, null as long as it has not. */
export interface RunningExec {
  readonly stream: Duplex
  exitCode(): Promise<number | null>
}

/** How a program with an open standard input is followed. */
export interface FollowOptions {
  /** Gets each line of standard error as soon as it is there. */
  readonly onLine: (line: string) => void
  /** Ends the program's standard input; what it then still writes is waited for. */
  readonly signal?: AbortSignal
  /** When it settles, the program is told that it need not wait any longer: it gets the word `enough`. */
  readonly enough?: Promise<void>
}

const beatEveryMs = 1000

/**
 * How long a program may take to end after its input has, in milliseconds: twice what watch-probe.pl grants its tools on a
 * machine that has much else to do, and some. What is cut short leaves something on the host.
 */
const endWithin = 25_000

/** Reads a program to its end. The signal gives up the wait: the program is left to itself. */
export async function readExec({ stream, exitCode }: RunningExec, signal?: AbortSignal): Promise<ExecResult> {
  const { stdout, stderr } = demux(await readAll(stream, signal))
  return { exitCode: (await exitCode()) ?? -1, stdout, stderr }
}

/**
 * Reads a program whose standard input stays open until the signal fires or this process ends, however it ends: the engine
 * closes the program's input when the connection goes. A line end is written every second, since an engine that is killed
 * closes nothing.
 */
export async function followExec(running: RunningExec, { onLine, signal, enough }: FollowOptions): Promise<ExecResult> {
  const { stream } = running
  let timer: NodeJS.Timeout | undefined
  const beat = keepInTouch(running)
  const abort = (): void => {
    clearInterval(beat)
    stream.end()
    timer = setTimeout(() => stream.destroy(new Error('the program does not end')), endWithin)
  }
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  const suffice = (): void => void (stream.writable && stream.write('enough\n'))
  enough?.then(suffice, suffice)
  stream.on('data', lineTeller(onLine))
  try {
    return await readExec(running)
  } finally {
    clearInterval(beat)
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/**
 * Lets the program know every second that somebody waits for it, and looks whether it still runs: Docker 20.10 leaves the
 * stream open when the container is killed.
 */
export function keepInTouch({ stream, exitCode }: RunningExec): NodeJS.Timeout {
  let ended = 0
  return setInterval(() => {
    stream.write('\n')
    const look = (code: number | null): void => {
      // What it wrote last may still be under way the first time.
      ended = code === null ? 0 : ended + 1
      if (ended > 1) stream.destroy(new Error('the helper container has ended'))
    }
    exitCode().then(look, () => look(-1))
  }, beatEveryMs)
}

/** Finds the lines of standard error among the frames as they come; everything is taken apart again at the end. */
function lineTeller(onLine: (line: string) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0)
  let text = ''
  return (chunk) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 8 && held.length >= 8 + held.readUInt32BE(4)) {
      const end = 8 + held.readUInt32BE(4)
      if (held[0] === 2) text += held.toString('utf8', 8, end)
      held = held.subarray(end)
    }
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}

function readAll(stream: Duplex, signal?: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const abort = (): void => void stream.destroy(new Error('cancelled'))
    signal?.addEventListener('abort', abort, { once: true })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('close', () => {
      signal?.removeEventListener('abort', abort)
      resolve(Buffer.concat(chunks))
    })
    // The engine ends its side only; this side must end, too, before the stream closes.
    stream.on('end', () => stream.destroy())
  })
}
