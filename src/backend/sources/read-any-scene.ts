import type { ComposeNote } from '../../core/compose/notes.ts'
import { formatNote } from '../../core/compose/notes.ts'
import { type OpenedCompose, openCompose } from '../../core/compose/open-compose.ts'
import type { ProjectFiles } from '../../core/compose/project-files.ts'
import type { Gap } from '../../core/host/host-state.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { isComposePath, openComposeScene } from './read-compose-file.ts'
import { parseSceneFile, readSceneFile } from './read-scene-file.ts'

/** A scene, and what is to be known of where it comes from. */
export interface ReadScene {
  readonly scene: Scene
  /** To be added to the gaps of the host that is made of it. */
  readonly gaps: readonly Gap[]
  /** What was assumed and what was left out, one line each. */
  readonly notes: readonly string[]
}

/**
 * Reads what `--sandbox` names: a compose file, several with `:` between them as in COMPOSE_FILE, a folder with one; else a
 * scene's file or the name of one that comes with Hopwire. Profiles and the project's name are taken from COMPOSE_PROFILES
 * and COMPOSE_PROJECT_NAME. What cannot be opened gives `unreadable-file` with the first place in `at`.
 */
export async function readAnyScene(fileOrName: string): Promise<Outcome<ReadScene>> {
  const paths = fileOrName.split(':')
  const isList = paths.length > 1 && paths.every((path) => /\.ya?ml$/i.test(path))
  if (!isList && !isComposePath(fileOrName)) {
    const read = await readSceneFile(fileOrName)
    return read.ok ? { ok: true, value: { scene: read.value, gaps: [], notes: [] } } : read
  }
  return toRead(openComposeScene(isList ? paths : [fileOrName]))
}

/** The project's folder of a compose file that came without one. */
const NO_FOLDER = 'project'

/**
 * Makes a scene of the text of a scene's file or a compose file, told apart by the name. Of a compose file nothing beside it
 * is read: other files that it names are a problem, and variables have their defaults.
 */
export function parseAnyScene(text: string, name: string): Outcome<ReadScene> {
  if (!/\.ya?ml$/i.test(name)) {
    const parsed = parseSceneFile(text, name)
    return parsed.ok ? { ok: true, value: { scene: parsed.value, gaps: [], notes: [] } } : parsed
  }
  const alone: ProjectFiles = {
    read: (path) =>
      path === name ? { ok: true, text } : { ok: false, reason: 'only one file was handed over', isThere: false },
    resolve: (_folder, path) => path,
    folderOf: () => '.',
    nameOf: () => NO_FOLDER,
  }
  const read = toRead(openCompose([name], alone, { environment: {} }))
  if (!read.ok || read.value.scene.name !== NO_FOLDER) return read
  const note = `the file's folder, after which a project is named, is not known here: it is "${NO_FOLDER}"`
  return { ok: true, value: { ...read.value, notes: [note, ...read.value.notes] } }
}

function toRead(opened: OpenedCompose): Outcome<ReadScene> {
  if (!opened.ok) return refused(opened.problems)
  const left = opened.notRelevant.map(({ message }) => message)
  const notes = [
    ...opened.warnings.map(formatNote),
    ...(left.length === 0 ? [] : [`not carried over, as it has no bearing on networking: ${left.join(', ')}`]),
  ]
  return { ok: true, value: { scene: opened.scene, gaps: opened.gaps, notes } }
}

function refused([first, ...others]: readonly ComposeNote[]): Outcome<never> {
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const message = first === undefined ? 'the compose file cannot be opened' : `${formatNote(first)}${more}`
  const failure = { code: 'unreadable-file', message, hint: 'correct the file there' } as const
  if (first === undefined || first.place.line === 0) return { ok: false, failure }
  return { ok: false, failure: { ...failure, at: `line ${first.place.line}, column ${first.place.column}` } }
}
