import { readFile } from 'node:fs/promises'
import { checkSession } from '../../core/session/check-session.ts'
import { SESSION_SCHEMA, type Session } from '../../core/session/session.ts'
import type { Outcome } from '../../protocol/contract.ts'

/**
 * Reads a saved session. Null for whatever is none by its schema, or cannot be read at all: that is for the reader of hosts
 * to say. A session that does not hold what it must gives `unreadable-file` with the place in `at`.
 */
export async function readSessionFile(path: string): Promise<Outcome<Session> | null> {
  const value = await readJson(path)
  if (!isSession(value)) return null
  const checked = checkSession(value)
  if (checked.ok) return { ok: true, value: checked.session }
  const [first, ...others] = checked.problems
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const message = `${path} is not a session that Hopwire can read at ${first?.path}: ${first?.message}${more}`
  const hint = 'save the session again'
  return { ok: false, failure: { code: 'unreadable-file', message, hint, at: first?.path ?? '' } }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}

function isSession(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return false
  const { schema } = value
  // Another version is a session, too, and is refused as one.
  return typeof schema === 'string' && schema.startsWith(SESSION_SCHEMA.replace(/\d+$/, ''))
}
