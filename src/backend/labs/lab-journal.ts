import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openSettingsFile } from '../settings/settings-file.ts'

/** Remembers, beyond the end of this process, which objects of a real engine a lab has brought. */
export interface LabJournal {
  /** Docker's ids of containers and networks; none where there is nothing to remember, or it cannot be read. */
  read(): Promise<ReadonlySet<string>>
  /** Replaces them. What cannot be kept is lost: the labels of what Hopwire itself has made tell the most. */
  write(ids: ReadonlySet<string>): Promise<void>
}

/** Returns the journal beside the user's settings. */
export function openLabJournal(env: Readonly<Record<string, string | undefined>> = process.env): LabJournal {
  const path = join(dirname(openSettingsFile(env).path), 'unfinished-lab.json')
  return {
    read: async () => {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'))
        return new Set(Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [])
      } catch {
        return new Set()
      }
    },
    write: async (ids) => {
      try {
        if (ids.size === 0) return await rm(path, { force: true })
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, `${JSON.stringify([...ids])}\n`)
      } catch {
        // A home that cannot be written to is no reason not to learn.
      }
    },
  }
}
