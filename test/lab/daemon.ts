/**
 * Starts a program that runs as long as its world, and no longer than this process.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Ledger } from './ledger.ts'
import { labEnv, PATIENCE_MS } from './run-command.ts'

export interface Daemon {
  readonly pid: number
  readonly logFile: string
  /** Why it is not running any more; nothing while it runs. */
  ended(): string | undefined
}

/**
 * Starts a program in the background, its output in a file.
 *
 * The parent-death signal ends it even when this process is killed without a chance to tidy up. It survives the exec of
 * nsenter and unshare, but not a fork: whoever forks must pass it on (`unshare --kill-child`).
 */
export function startDaemon(ledger: Ledger, argv: readonly string[], logFile: string): Daemon {
  const log = openSync(logFile, 'a')
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], {
    env: { ...labEnv },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let end: string | undefined
  child.on('error', (error) => (end = error.message))
  child.on('exit', (status, signal) => (end = `ended with ${signal ?? `status ${status}`}`))
  const { pid } = child
  if (pid === undefined) throw new Error(`${argv.join(' ')} cannot be started`)
  ledger.hasStarted(pid)
  return { pid, logFile, ended: () => end }
}

/**
 * Waits until a check holds; gives up when the daemon has ended or the time is over, and then shows the end of its log.
 */
export async function waitForDaemon(daemon: Daemon, check: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await check())) {
    const reason =
      daemon.ended() ?? (Date.now() > deadline ? `still not ready after ${PATIENCE_MS / 1000} s` : undefined)
    if (reason !== undefined) throw new Error(`${what}: ${reason}\n${logTail(daemon.logFile)}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

function logTail(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-25).join('\n')
}
