import type { Environment } from './env-file.ts'
import { lookupIn } from './read-documents.ts'
import { child } from './node.ts'
import { NoteBook } from './notes.ts'
import type { ProjectFiles } from './project-files.ts'
import { readYaml } from './read-yaml.ts'
import { substitute } from './substitute.ts'

/** Returns a name as compose makes a project's of it: small letters, digits, `_` and `-`, beginning with one of the first two. */
export function normalizeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

/**
 * Returns the project's name: the one asked for (`-p`), COMPOSE_PROJECT_NAME, the last `name:` of the files, the folder's
 * (compose-go:cli/options.go withNamePrecedenceLoad, loader/loader.go projectName). One that compose refuses is a problem.
 */
export function readProjectName(
  asked: string | undefined,
  paths: readonly string[],
  folder: string,
  environment: Environment,
  files: ProjectFiles,
  notes: NoteBook,
): string {
  const place = { file: paths[0] ?? '', line: 0, column: 0 }
  const given = asked ?? (environment['COMPOSE_PROJECT_NAME'] || undefined)
  if (given !== undefined) {
    if (given === '' || normalizeProjectName(given) !== given)
      notes.problem(
        `"${given}" is no project name: small letters, digits, _ and -, beginning with a letter or a digit`,
        place,
      )
    return given
  }
  const written = paths.flatMap((path) => nameIn(path, files)).at(-1)
  const done = written === undefined ? null : substitute(written, lookupIn(environment))
  // One that cannot be filled in is a problem of the file's reading, too, with its place.
  const name = normalizeProjectName(done === null ? files.nameOf(folder) : done.ok ? done.text : '')
  if (name === '' && done?.ok !== false)
    notes.problem('the project has no name: the folder gives none, so write name: at the top of the file', place)
  return name
}

function nameIn(path: string, files: ProjectFiles): readonly string[] {
  const file = files.read(path)
  if (!file.ok) return []
  return readYaml(file.text, path, new NoteBook()).flatMap((document) => {
    const name = child(document, 'name')
    return name?.kind === 'scalar' && typeof name.value === 'string' && name.value !== '' ? [name.value] : []
  })
}
