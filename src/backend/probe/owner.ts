import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who started a helper, as its label tells. All three together say whether that process still lives. */
export interface Owner {
  readonly session: string
  readonly pid: number
  /** Host name and, on Linux, the pid namespace: a process id means nothing elsewhere. */
  readonly place: string
  /** Start time of the process in the kernel's ticks, '' where it cannot be had: process ids are used again. */
  readonly started: string
}

/** Describes this process. */
export function thisOwner(session: string): Owner {
  return { session, pid: process.pid, place: thisPlace(), started: startTime(process.pid) ?? '' }
}

/** Tells whether the owner's process is known to have ended. Of a process elsewhere nothing is known. */
export function isGone(owner: Owner): boolean {
  if (owner.place !== thisPlace()) return false
  const started = startTime(owner.pid)
  if (process.platform === 'linux') return started === null || started !== owner.started
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Reads an owner from a label's text; null for text that is none. */
export function parseOwner(text: string | undefined): Owner | null {
  try {
    const value = JSON.parse(text ?? '') as Partial<Owner>
    const { session, pid, place, started } = value
    if (typeof session !== 'string' || typeof pid !== 'number') return null
    return { session, pid, place: String(place), started: String(started) }
  } catch {
    return null
  }
}

function thisPlace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** Field 22 of /proc/PID/stat, counted after the command's name, which may contain anything. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
