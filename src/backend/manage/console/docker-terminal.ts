import type { Duplex } from 'node:stream'
import type { Failure, Outcome } from '../../../protocol/contract.ts'
import type { TerminalSize } from '../../../protocol/manage-methods.ts'
import type { ConsoleCalls, ConsoleExec } from '../../docker/console-calls.ts'
import type { OpenedTerminal, TerminalHandler } from '../manager.ts'
import { consoleFailure } from './console-failure.ts'
import { whyStopped } from './docker-logs.ts'
import { readGreeting } from './read-greeting.ts'
import { TerminalPump } from './terminal-pump.ts'
import { leashCommand, wrapperCommand } from './terminal-scripts.ts'

/** How often is looked whether the program still runs: 20.10 leaves the stream open when the container is killed. */
const LOOK_EVERY = 1500

/** How long a session may take to end after its terminal was closed, in milliseconds. */
const END_WITHIN = 4000

/** Every terminal that Docker's own command opens is one; colours are told apart as here. */
const ENV = ['TERM=xterm-256color']

/** What is said first where there is no terminal. */
export const NO_TERMINAL = 'no terminal can be opened'

/**
 * Runs a command on a terminal inside a container; an empty one is bash where there is one, else sh. Closing it ends every
 * process of its session, and so does the end of this process, however it ends (see terminal-scripts.ts). The container
 * needs a /bin/sh for that: one without is refused with a sentence, and so is one that does not run.
 */
export async function openDockerTerminal(
  engine: { readonly console: ConsoleCalls },
  container: string,
  command: readonly string[],
  size: TerminalSize,
  handler: TerminalHandler,
): Promise<Outcome<OpenedTerminal>> {
  const calls = engine.console
  try {
    const { id, name } = await calls.look(container)
    const exec = await calls.exec(id, wrapperCommand(command), { tty: true, env: ENV })
    const greeting = await readGreeting(exec.stream)
    if (!greeting.ok) {
      exec.stream.destroy()
      return { ok: false, failure: explainNoShell(name, greeting.said) }
    }
    const leash = await tieUp(calls, id, exec, greeting.session)
    await exec.resize(size).catch(() => undefined)
    const terminal = new DockerTerminal({ exec, leash, handler, whyStopped: () => whyStopped(calls, id) })
    terminal.start(greeting.rest)
    return { ok: true, value: terminal }
  } catch (error) {
    return { ok: false, failure: consoleFailure(error, NO_TERMINAL) }
  }
}

/** Starts what ends the session. Where that cannot be had (a limit of processes), the shell is told that its input ends. */
async function tieUp(calls: ConsoleCalls, id: string, exec: ConsoleExec, session: number): Promise<Duplex> {
  try {
    return (await calls.exec(id, leashCommand(session), { tty: false, env: [] })).stream
  } catch (error) {
    exec.stream.end('\x03\x04')
    throw error
  }
}

function explainNoShell(name: string, said: string): Failure {
  const missing = /no such file or directory|executable file not found/.test(said)
  if (!missing)
    return { code: 'engine-refused', message: `no terminal can be opened in ${name}: ${said || 'no answer'}` }
  const message = `${name} has no /bin/sh, so no terminal can be opened in it`
  const hint = `run a container that has the tools beside it: docker run -it --network container:${name} IMAGE`
  return { code: 'engine-refused', message, hint }
}

interface TerminalParts {
  readonly exec: ConsoleExec
  readonly leash: Duplex
  readonly handler: TerminalHandler
  readonly whyStopped: () => Promise<string | null>
}

class DockerTerminal implements OpenedTerminal {
  readonly #parts: TerminalParts
  readonly #pump: TerminalPump
  #looking: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined
  #seenEnded = 0
  #looks = false
  #closed = false
  #ended = false

  constructor(parts: TerminalParts) {
    this.#parts = parts
    this.#pump = new TerminalPump(parts.exec.stream, (bytes) => parts.handler.onOutput(bytes))
  }

  start(first: Buffer): void {
    const { stream } = this.#parts.exec
    // What the leash says is for nobody; it must only be read, and must not be an unhandled error.
    this.#parts.leash.on('error', () => undefined).resume()
    stream.on('error', () => void this.#end())
    stream.on('close', () => void this.#end())
    // The engine ends its side only; this side must end, too, before the stream closes.
    stream.on('end', () => stream.destroy())
    this.#pump.start(first)
    this.#looking = setInterval(() => void this.#look(), LOOK_EVERY).unref()
    // A short command may have ended before anybody listened.
    if (stream.readableEnded || stream.destroyed) void this.#end()
  }

  write(data: string): void {
    if (!this.#ended && !this.#closed) this.#parts.exec.stream.write(data)
  }

  resize(size: TerminalSize): void {
    if (!this.#ended) void this.#parts.exec.resize(size).catch(() => undefined)
  }

  close(): void {
    if (this.#closed || this.#ended) return
    this.#closed = true
    this.#pump.discard()
    this.#parts.leash.end()
    this.#deadline = setTimeout(() => this.#parts.exec.stream.destroy(), END_WITHIN).unref()
  }

  /** One question at a time: an engine that hangs would gather them. */
  async #look(): Promise<void> {
    if (this.#looks) return
    this.#looks = true
    const code = await this.#parts.exec.exitCode().catch(() => -1)
    this.#looks = false
    // What it wrote last may still be under way the first time.
    this.#seenEnded = code === null ? 0 : this.#seenEnded + 1
    if (this.#seenEnded > 1) void this.#end()
  }

  async #end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#looking)
    clearTimeout(this.#deadline)
    const { exec, leash, handler, whyStopped } = this.#parts
    const code = await settle(exec)
    // A leash that is closed without the word ends what may be left.
    if (code !== null && !this.#closed) leash.write('done\n')
    leash.end()
    exec.stream.destroy()
    this.#pump.flush()
    // Who ends a program by a signal may have ended the whole container.
    const why = this.#closed || (code !== null && code >= 0 && code <= 128) ? null : await whyStopped()
    if (why !== null) handler.onOutput(Buffer.from(`\r\n[${why}]\r\n`))
    handler.onExit(code ?? -1)
  }
}

/** The engine learns of a program's end a moment after its output ends. */
async function settle(exec: ConsoleExec): Promise<number | null> {
  for (let tries = 0; tries < 10; tries += 1) {
    const code = await exec.exitCode().catch(() => -1)
    if (code !== null) return code
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return null
}
