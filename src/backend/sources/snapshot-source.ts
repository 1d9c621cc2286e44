import { basename } from 'node:path'
import type { Session } from '../../core/session/session.ts'
import { readHostFile } from './read-host-file.ts'
import { readSessionFile } from './read-session-file.ts'
import { createSavedSource } from './saved-source.ts'
import type { Source } from './source.ts'

/**
 * Returns the source over a file that `hopwire snapshot` wrote, or over a saved session, whose last host is shown. The file
 * is read at the first load.
 */
export function createSnapshotSource(path: string): Source {
  let session: Session | null = null
  const read = async (): ReturnType<typeof readHostFile> => {
    const saved = await readSessionFile(path)
    if (saved === null) return readHostFile(path)
    if (!saved.ok) return saved
    session = saved.value
    const state = session.hosts.at(-1)
    if (state === undefined) throw new Error('a session without a host was not refused')
    return { ok: true, value: state }
  }
  const source = createSavedSource({ kind: 'snapshot', label: `snapshot ${basename(path)}`, read })
  return { ...source, session: () => session }
}
