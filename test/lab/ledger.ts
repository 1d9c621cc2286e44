/**
 * Remembers on disk everything that one world makes, BEFORE it is made, so that it can be undone by this process or,
 * should this process be killed, by the next one (see sweep.ts).
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { identify, type ProcessIdentity } from './process-identity.ts'
import { undo } from './undo.ts'

/** Where the state of all runs is kept: one folder per process, one file per world. */
export const stateRoot = '/run/hopwire-lab'

/** Every namespace, folder and control group of a lab starts like this, followed by the process id of its run. */
export const namePrefix = 'hwlab-'

export interface LedgerRecord {
  readonly owner: ProcessIdentity
  readonly processes: ProcessIdentity[]
  readonly netns: string[]
  readonly directories: string[]
  readonly cgroups: string[]
}

let worlds = 0
const open = new Set<Ledger>()

export class Ledger {
  /** Starts the name of all that belongs to this world. */
  readonly name: string
  /** This process, for whoever has to tell later whether it still lives. */
  readonly owner: ProcessIdentity
  readonly #file: string
  readonly #record: LedgerRecord

  constructor() {
    const owner = identify(process.pid)
    if (owner === undefined) throw new Error('/proc does not know this process')
    this.owner = owner
    worlds += 1
    this.name = `${namePrefix}${process.pid}-${worlds}`
    this.#file = join(stateRoot, String(process.pid), `${worlds}.json`)
    this.#record = { owner, processes: [], netns: [], directories: [], cgroups: [] }
    undoWhenThisProcessEnds()
    open.add(this)
    this.#save()
  }

  willMakeNetns(name: string): void {
    this.#record.netns.push(name)
    this.#save()
  }

  willMakeDirectory(path: string): void {
    this.#record.directories.push(path)
    this.#save()
  }

  willMakeCgroup(name: string): void {
    this.#record.cgroups.push(name)
    this.#save()
  }

  /** The only thing that cannot be written down before it exists. The parent-death signal covers that moment. */
  hasStarted(pid: number): void {
    const identity = identify(pid)
    if (identity === undefined) return
    this.#record.processes.push(identity)
    this.#save()
  }

  /** Undoes all of it. Synchronous, because it also runs while the process is exiting. */
  close(): void {
    if (!open.delete(this)) return
    undo(this.#record)
    rmSync(this.#file, { force: true })
    if (open.size === 0) rmSync(dirname(this.#file), { recursive: true, force: true })
  }

  #save(): void {
    mkdirSync(dirname(this.#file), { recursive: true })
    // Renamed into place, so that a sweep by another process never reads half of it.
    writeFileSync(`${this.#file}.part`, JSON.stringify(this.#record, null, 1))
    renameSync(`${this.#file}.part`, this.#file)
  }
}

/**
 * Reads what another run wrote down; nothing if the file is unreadable (a run that was killed while it wrote).
 */
export function readRecord(file: string): LedgerRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LedgerRecord
  } catch {
    return undefined
  }
}

let hooked = false

function undoWhenThisProcessEnds(): void {
  if (hooked) return
  hooked = true
  const closeAll = (): void => {
    for (const ledger of open) ledger.close()
  }
  process.on('exit', closeAll)
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      closeAll()
      process.exit(status)
    })
  }
}
