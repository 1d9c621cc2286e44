/**
 * Runs one program to its end. Arguments are always a list: nothing here goes through a shell.
 */
import { spawn, spawnSync } from 'node:child_process'

export interface RunOptions {
  readonly stdin?: string | Uint8Array
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
}

export interface Finished {
  readonly status: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/**
 * Debian's own directories only: a machine may carry another docker or python in /usr/local, and the lab must not
 * depend on which one comes first.
 */
export const labEnv: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
}

/**
 * How long the lab waits for anything before it calls it a failure. A kernel that takes many namespaces down at once lets new
 * ones wait, for half a minute and more (linux:net/core/net_namespace.c cleanup_net): that is slow, and no failure.
 */
export const PATIENCE_MS = 120_000

/**
 * Runs a program and gives its status and output, whatever they are. Only a program that cannot be started or that
 * does not end within the time limit is an error.
 */
export function finish(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...args] = argv
  if (program === undefined) throw new Error('finish: no program given')
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...labEnv, ...options.env }, stdio: 'pipe' })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${argv.join(' ')}: not done after ${timeoutMs} ms`))
    }, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A program may end without having read its input; its status tells the story, not the broken pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (status) => {
      clearTimeout(timer)
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() })
    })
  })
}

/**
 * Runs a program and gives its standard output; any status but 0 throws with what it said.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const done = await finish(argv, options)
  if (done.status !== 0) {
    throw new Error(`${argv.join(' ')}: status ${done.status}: ${(done.stderr || done.stdout.toString()).trim()}`)
  }
  return done.stdout.toString()
}

/**
 * For teardown, which also runs while the process is exiting, when nothing asynchronous is waited for any more.
 */
export function runNow(argv: readonly string[]): boolean {
  const [program, ...args] = argv
  if (program === undefined) return false
  return spawnSync(program, args, { env: { ...labEnv }, stdio: 'ignore', timeout: 30_000 }).status === 0
}
