import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runCli } from '../../src/cli/run-cli.ts'
import { bundleCli } from '../support/bundle-cli.ts'

/** What a run of the command line left. */
export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How it is run. `command` goes before node, to run it as somebody else. */
export interface RunOptions {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly cwd?: string
  /** Called as soon as it has started, to send it a signal or to close its pipes. */
  readonly whileRunning?: (child: ChildProcessWithoutNullStreams) => void | Promise<void>
}

/**
 * The variables of every `hopwire` that a test starts. DOCKER_HOST points nowhere: no test may find the machine's own
 * engine by accident. The helper is neither asked for nor told of, and nobody's settings are read or kept.
 */
export const CLI_ENV: Readonly<Record<string, string | undefined>> = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  DOCKER_HOST: 'unix:///nonexistent.sock',
  LANG: 'C.UTF-8',
  HOPWIRE_HELPER: 'allow',
}

/** How long a test may take that starts processes of its own, on a machine that has much else to do. */
export const SPAWNING = { timeout: 60_000 }

/** Runs `hopwire` with the given words in a process of its own and waits for its end. */
export async function runHopwire(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [program, ...before] = [...(options.command ?? []), process.execPath]
  const env = { ...CLI_ENV, ...options.env }
  const words = [...before, await bundleCli(), ...args]
  const child = spawn(program, words, { env, cwd: options.cwd ?? fileURLToPath(new URL('../..', import.meta.url)) })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.end(options.stdin ?? '')
  void options.whileRunning?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

/** Runs the same words in this process: for what needs no process of its own, at a hundredth of the cost. */
export async function callHopwire(args: readonly string[]): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const stream = (write: (text: string) => void) => ({ terminal: false, columns: undefined, write })
  const status = await runCli(args, {
    env: { LANG: 'C.UTF-8' },
    platform: 'linux',
    stdout: stream((text) => (stdout += text)),
    stderr: stream((text) => (stderr += text)),
    readStdin: async () => '',
    ask: null,
    signal: new AbortController().signal,
  })
  return { status, stdout, stderr }
}
