/**
 * A process id alone says nothing for long: ids are used again. With the start time it names one process for ever.
 */
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/PID/stat, in clock ticks since boot. */
  readonly startTime: string
}

/**
 * Gives the identity of a running process; nothing if there is none, or if it is a zombie that only waits for its parent.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The second field is the program's name in parentheses and may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined
  return { pid, startTime }
}

/**
 * Whether that very process still runs.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime
}

/**
 * Ends that very process at once, and never another one that got its id.
 */
export function killNow(identity: ProcessIdentity): void {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
