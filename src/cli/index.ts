import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { isatty } from 'node:tty'
import type { CliIo, CliStream } from './cli-io.ts'
import { EXIT } from './exit-status.ts'
import { printProblem } from './print/print-failure.ts'
import { runCli } from './run-cli.ts'

/** The signals that end a program politely, with the status a shell would give. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

let statusBySignal: number | null = null
const interrupted = new AbortController()
let readerGone = false

for (const [name, status] of Object.entries(SIGNALS)) {
  process.on(name, () => {
    // A second one means "now": what is still being removed is left to the next start.
    if (statusBySignal !== null) process.exit(status)
    statusBySignal = status
    interrupted.abort()
  })
}

// `hopwire trace ... | head -1` is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    readerGone = true
    interrupted.abort()
  })
}

const io: CliIo = {
  env: process.env,
  platform: process.platform,
  stdout: streamOf(process.stdout),
  stderr: streamOf(process.stderr),
  readStdin,
  ask: isatty(process.stdin.fd) && isatty(process.stderr.fd) ? ask : null,
  signal: interrupted.signal,
}

void runCli(process.argv.slice(2), io).catch(explainInternal).then(leave)

function streamOf(stream: NodeJS.WriteStream & { readonly fd: number }): CliStream {
  return {
    terminal: isatty(stream.fd),
    get columns() {
      // A terminal that does not tell its size says 0.
      return stream.columns || undefined
    },
    write: (text) => {
      if (!readerGone) stream.write(text)
    },
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The terminal itself echoes and edits the line, so that Ctrl-C stays a signal. */
async function ask(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, terminal: false })
  process.stderr.write(question)
  try {
    const { signal } = interrupted
    const [line] = (await Promise.race([once(lines, 'line', { signal }), once(lines, 'close')])) as string[]
    return line ?? null
  } catch {
    return null
  } finally {
    lines.close()
  }
}

/** A fault of Hopwire itself: one line, and the whole only for who asks for it. */
function explainInternal(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error)
  const debug = process.env.HOPWIRE_DEBUG
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? message}\n`)
  const hint = debug ? '' : '; HOPWIRE_DEBUG=1 shows where'
  process.stderr.write(`${printProblem(`internal error: ${message}${hint}`)}\n`)
  return EXIT.internal
}

/** Ends at once: an idle connection to the engine must not hold the prompt back. What was written is written first. */
function leave(status: number): void {
  // A command that a signal ends as it should (serve) has a status of its own.
  const last = status === EXIT.interrupted ? (statusBySignal ?? status) : status
  if (readerGone) process.exit(last)
  process.stdout.write('', () => process.exit(last))
}
