import { readFile } from 'node:fs/promises'
import { checkHostState } from '../../core/host/check-host-state.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { locateJson } from '../../core/parse/locate-json.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'

/**
 * Reads a saved host. A file that is not there, is no JSON (cut, for one), has another schema or does not hold what it
 * must gives `unreadable-file` with the place in `at`, all in one line.
 */
export async function readHostFile(path: string): Promise<Outcome<HostState>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    return unreadable(
      `${path} cannot be read: ${fileReason(error as NodeJS.ErrnoException)}`,
      'give the path of a file written by `hopwire snapshot`',
    )
  }
  return parseHostFile(text, path)
}

/** Makes a host state of a file's text; `path` is only for the messages. */
export function parseHostFile(text: string, path: string): Outcome<HostState> {
  let value: unknown
  const json = text.replace(/^\uFEFF/, '')
  try {
    value = JSON.parse(json)
  } catch {
    const at = jsonErrorPlace(json)
    const cut = at.offset >= text.trimEnd().length
    const what = cut ? 'the file is cut: its JSON ends too early' : 'it is not JSON'
    return unreadable(
      `${path} cannot be read at ${at.place}: ${what}`,
      'save the host again with `hopwire snapshot`',
      at.place,
    )
  }
  const checked = checkHostState(value)
  if (checked.ok) return { ok: true, value: checked.state }
  const [first, ...others] = checked.problems
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const place = first?.path === '' || first === undefined ? '' : ` at ${first.path}`
  return unreadable(
    `${path} is not a host that Hopwire can read${place}: ${first?.message ?? ''}${more}`,
    'save the host again with `hopwire snapshot`',
    first?.path,
  )
}

function unreadable(message: string, hint: string, at?: string): Outcome<HostState> {
  const failure: Failure = { code: 'unreadable-file', message: message.replace(/\s*\n\s*/g, ' '), hint }
  return { ok: false, failure: at === undefined || at === '' ? failure : { ...failure, at } }
}

/** Returns why a file cannot be read, in words. */
export function fileReason(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return error.message
  }
}

/** Returns where a text stops being JSON. V8 gives no offset for every error, so the text is walked again. */
export function jsonErrorPlace(text: string): { readonly offset: number; readonly place: string } {
  const located = locateJson(text)
  const offset = located.ok ? 0 : located.offset
  const before = text.slice(0, offset).split('\n')
  return { offset, place: `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}` }
}
