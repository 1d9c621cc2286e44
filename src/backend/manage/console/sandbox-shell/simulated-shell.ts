import { type SplitLine, splitLine } from '../../../../core/manage/split-words.ts'
import type { Source } from '../../../sources/source.ts'
import type { OpenedTerminal, TerminalHandler } from '../../manager.ts'
import { LineEditor } from './line-editor.ts'
import { runCurl, runNc, runWget } from './run-connect.ts'
import { runCat, runHostname, runSs } from './run-files.ts'
import { runIp } from './run-ip.ts'
import { runGetent, runNslookup } from './run-lookup.ts'
import { runPing } from './run-ping.ts'
import { aside, type ShellCommand } from './shell-command.ts'
import { ShellWorld } from './shell-world.ts'

const COMMANDS: Readonly<Record<string, ShellCommand>> = {
  ping: runPing,
  nslookup: runNslookup,
  getent: runGetent,
  wget: runWget,
  curl: runCurl,
  nc: runNc,
  ip: runIp,
  ss: runSs,
  netstat: runSs,
  hostname: runHostname,
  cat: runCat,
}

const PROMPT = '/ # '

/** Exit statuses of a shell: 127 for a command that is not there, 130 for Ctrl+C. */
const NOT_FOUND = 127
const INTERRUPTED = 130

/**
 * A shell inside a container of the sandbox. Nothing runs: what a few commands would print is told from the scene and the
 * tracer, and everything that no container would print is marked. It begins to print when it is made.
 */
export class SimulatedShell implements OpenedTerminal {
  readonly #world: ShellWorld
  readonly #handler: TerminalHandler
  readonly #editor: LineEditor
  #running: AbortController | null = null
  #status = 0
  #ended = false

  constructor(source: Pick<Source, 'load' | 'resolve'>, container: string, handler: TerminalHandler) {
    this.#world = new ShellWorld(source, container)
    this.#handler = handler
    this.#editor = new LineEditor(PROMPT, {
      print: (text) => this.#print(text),
      onLine: (line) => void this.#run(line),
      onInterrupt: () => this.#running?.abort(),
      onEnd: () => this.#exit(this.#status),
    })
    this.#print(aside(`a shell in ${container} of the sandbox; nothing runs, the scene and the tracer answer`))
    this.#print(aside(`${Object.keys(COMMANDS).join(', ')} and exit are there`))
    this.#editor.ask()
  }

  write(data: string): void {
    if (!this.#ended) this.#editor.type(data)
  }

  /** Nothing that it prints depends on it. */
  resize(): void {}

  close(): void {
    this.#running?.abort()
    this.#exit(-1)
  }

  async #run(line: string): Promise<void> {
    const split = splitLine(line)
    if (split.kind !== 'words') {
      this.#print(`sh: ${refusalOf(split)}\n`)
      this.#status = 2
    } else if (split.words.length > 0) {
      const [name = '', ...args] = split.words
      if (name === 'exit') return this.#exit(Number(args[0] ?? this.#status) & 255)
      const status = await this.#command(name, args)
      if (status === null) return this.#exit(137)
      this.#status = status
    }
    if (!this.#ended) this.#editor.ask()
  }

  /** Gives the exit status; null where the container does not run any more. */
  async #command(name: string, args: readonly string[]): Promise<number | null> {
    const place = await this.#world.place()
    if (place === null) {
      this.#print('\n[the container is not running any more]\n')
      return null
    }
    if (name === 'help') {
      this.#print(`${Object.keys(COMMANDS).join(' ')} clear exit\n`)
      return 0
    }
    if (name === 'clear') {
      this.#print('\u001B[H\u001B[2J')
      return 0
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined) {
      this.#print(`sh: ${name}: not simulated in the sandbox\n`)
      return NOT_FOUND
    }
    const running = new AbortController()
    this.#running = running
    running.signal.addEventListener('abort', () => this.#print('^C\n'))
    const print = (text: string): void => this.#print(text)
    const status = await command({ args, world: this.#world, place, print, signal: running.signal })
    this.#running = null
    return running.signal.aborted ? INTERRUPTED : status
  }

  #print(text: string): void {
    if (!this.#ended) this.#handler.onOutput(Buffer.from(text.replace(/\r?\n/g, '\r\n')))
  }

  #exit(status: number): void {
    if (this.#ended) return
    this.#ended = true
    this.#handler.onExit(status)
  }
}

function refusalOf(split: Exclude<SplitLine, { kind: 'words' }>): string {
  return split.kind === 'unclosed'
    ? 'syntax error: unterminated quoted string'
    : `"${split.letter}" is not simulated in the sandbox: one plain command a line`
}
