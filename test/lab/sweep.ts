/**
 * Removes what earlier runs left behind because they were killed. A run that still lives is never touched: its process
 * id and start time are in its state file.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { namePrefix, readRecord, stateRoot } from './ledger.ts'
import { identify, isAlive } from './process-identity.ts'
import { cgroupFolders, undo, unlessGone } from './undo.ts'

/** Where engines keep their data; not /tmp, which is often small and in memory. */
export const dataRoot = '/var/tmp'

/**
 * Undoes the runs that are dead, and gives their names.
 */
export function sweep(): string[] {
  const swept = entries(stateRoot)
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => sweepRun(join(stateRoot, pid)))
  return [...swept, ...sweepByName()]
}

const entries = (folder: string): string[] => unlessGone(() => readdirSync(folder), [])

function sweepRun(folder: string): boolean {
  const files = entries(folder).map((name) => join(folder, name))
  const records = files.map(readRecord)
  if (records.some((record) => record !== undefined && isAlive(record.owner))) return false
  // Without a readable record the folder may just be in the making, by a process that lives.
  const unknown = records.every((record) => record === undefined)
  if (unknown && identify(Number(folder.split('/').at(-1))) !== undefined) return false
  for (const record of records) if (record !== undefined) undo(record)
  rmSync(folder, { recursive: true, force: true })
  return true
}

/** What no state file tells of any more: the names carry the process id. */
function sweepByName(): string[] {
  const netns = entries('/run/netns').filter(isOrphan)
  const directories = entries(dataRoot).filter(isOrphan)
  const cgroups = [...new Set(cgroupFolders().flatMap(entries).filter(isOrphan))]
  undo({ processes: [], netns, directories: directories.map((name) => join(dataRoot, name)), cgroups })
  return [...new Set([...netns, ...directories, ...cgroups])]
}

function isOrphan(name: string): boolean {
  if (!name.startsWith(namePrefix)) return false
  const pid = Number(name.slice(namePrefix.length).split('-')[0])
  return Number.isInteger(pid) && pid > 0 && identify(pid) === undefined && !existsSync(join(stateRoot, String(pid)))
}
