import { randomBytes } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { isRecord } from '../../core/parse/json-value.ts'
import { DEFAULT_SETTINGS, readSettings, type Settings } from './settings.ts'

/** What was read; `problem` says in one sentence why the settings are the default ones although there is a file. */
export interface SettingsRead {
  readonly settings: Settings
  readonly problem: string | null
}

/** The file in which the user's choices are kept. */
export interface SettingsFile {
  readonly path: string
  /** Never rejects: without a file, or with one that cannot be read, these are the default settings. */
  read(): Promise<SettingsRead>
  /** Changes what the file has now. Gives null, or one sentence that says why it could not be kept. */
  update(change: (settings: Settings) => Settings): Promise<string | null>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Returns the settings file of a user: `$XDG_CONFIG_HOME/hopwire/settings.json`, by default below `~/.config`. */
export function openSettingsFile(env: Environment = process.env): SettingsFile {
  const path = join(configFolder(env), 'hopwire', 'settings.json')
  return {
    path,
    read: async () => {
      const { raw, problem } = await readRaw(path)
      return { settings: raw === null ? DEFAULT_SETTINGS : readSettings(raw), problem }
    },
    update: async (change) => {
      const { raw, problem } = await readRaw(path)
      try {
        if (problem !== null) await setAside(path)
        // What a later version has written beside is none of our business, and stays.
        await write(path, { ...raw, ...change(readSettings(raw)) })
        return null
      } catch (error) {
        return `${path} cannot be written: ${describe(error)}`
      }
    },
  }
}

/** A relative path is invalid and to be passed over (XDG Base Directory Specification 0.8). */
function configFolder(env: Environment): string {
  const given = env['XDG_CONFIG_HOME']
  if (given !== undefined && isAbsolute(given)) return given
  return join(env['HOME'] || homedir(), '.config')
}

interface RawRead {
  readonly raw: Readonly<Record<string, unknown>> | null
  readonly problem: string | null
}

async function readRaw(path: string): Promise<RawRead> {
  try {
    const raw: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecord(raw) ? { raw, problem: null } : { raw: null, problem: `${path} has no settings in it` }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { raw: null, problem: null }
    return { raw: null, problem: `${path} cannot be read: ${describe(error)}` }
  }
}

/** A file that somebody has misspelt is not thrown away. */
async function setAside(path: string): Promise<void> {
  await rename(path, `${path}.unreadable`)
}

/** Whoever reads meanwhile gets the old file or the new one, whole; one that is a link stays one. */
async function write(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const target = await realpath(path).catch(() => path)
  const draft = `${target}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true })
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function describe(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON'
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    case 'EROFS':
      return 'the file system is read-only'
    default:
      return codeOf(error) ?? (error as Error).message
  }
}
