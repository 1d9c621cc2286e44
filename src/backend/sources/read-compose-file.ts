import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { type ComposeOptions, type OpenedCompose, openCompose } from '../../core/compose/open-compose.ts'
import type { ComposeNote } from '../../core/compose/notes.ts'
import type { ProjectFiles, ReadFile } from '../../core/compose/project-files.ts'

/** The names that compose looks for, in its order (compose-go:cli/options.go). */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/** Larger than any compose file that somebody wrote. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Opens compose files as the scene that `docker compose up` would make. Several paths are several `-f`; a folder stands for
 * the compose file in it with its override, as `docker compose` run there. The shell's variables are `options.environment`,
 * those of this process by default. A file that cannot be read is a problem with its path; nothing is thrown.
 */
export function openComposeScene(paths: readonly string[], options: ComposeOptions = {}): OpenedCompose {
  const found = paths.flatMap((path) => findFiles(path))
  const opened = openCompose(found, diskFiles(), { environment: shellVariables(), ...options })
  const passedOver = paths.length === 1 ? unreadOverride(found) : null
  return passedOver === null ? opened : { ...opened, warnings: [passedOver, ...opened.warnings] }
}

/** Tells whether a path is that of a compose file by its name, so that it is not taken for a scene. */
export function isComposePath(path: string): boolean {
  return /\.ya?ml$/i.test(path) || NAMES.some((name) => existsSync(join(path, name)))
}

function findFiles(path: string): readonly string[] {
  if (!isFolder(path)) return [path]
  const main = NAMES.map((name) => join(path, name)).find((file) => existsSync(file))
  if (main === undefined) return [join(path, 'compose.yaml')]
  const over = OVERRIDES.map((name) => join(path, name)).find((file) => existsSync(file))
  return over === undefined ? [main] : [main, over]
}

/** `docker compose up` would read the override as well; naming the file alone is `-f`, which does not. */
function unreadOverride(found: readonly string[]): ComposeNote | null {
  const [only, ...more] = found
  if (only === undefined || more.length > 0 || !NAMES.includes(basename(only))) return null
  const over = OVERRIDES.map((name) => join(dirname(only), name)).find((file) => existsSync(file))
  if (over === undefined) return null
  const message = `${basename(over)} beside it is not read, as with -f: name it too, or give the folder`
  return { message, place: { file: only, line: 0, column: 0 } }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function shellVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

function diskFiles(): ProjectFiles {
  return {
    read: readText,
    resolve: (folder, path) => (isAbsolute(path) ? path : join(folder, path)),
    folderOf: dirname,
    nameOf: (folder) => basename(resolve(folder)),
  }
}

function readText(path: string): ReadFile {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return { ok: false, reason: 'it is a folder', isThere: false }
    if (stat.size > MOST_BYTES) return { ok: false, reason: 'it is larger than 16 MB', isThere: true }
    return { ok: true, text: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, reason: 'there is no such file', isThere: false }
    const isDenied = code === 'EACCES' || code === 'EPERM'
    return { ok: false, reason: isDenied ? 'permission denied' : message, isThere: true }
  }
}
