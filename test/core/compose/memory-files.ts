import { posix } from 'node:path'
import type { ComposeOptions, OpenedCompose } from '../../../src/core/compose/open-compose.ts'
import { openCompose } from '../../../src/core/compose/open-compose.ts'
import { formatNote } from '../../../src/core/compose/notes.ts'
import type { ProjectFiles } from '../../../src/core/compose/project-files.ts'

/** A folder of texts; the loader's folder has one of the disk. */
function memoryFiles(texts: Readonly<Record<string, string>>): ProjectFiles {
  return {
    read: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined
      return text === undefined ? { ok: false, reason: 'there is no such file', isThere: false } : { ok: true, text }
    },
    resolve: (folder, path) => (posix.isAbsolute(path) ? path : posix.join(folder, path)),
    folderOf: posix.dirname,
    nameOf: posix.basename,
  }
}

/** Opens the files of `/shop`, the first as the main one unless `paths` says otherwise. */
export function openTexts(
  texts: Readonly<Record<string, string>>,
  options: ComposeOptions = {},
  paths: readonly string[] = [Object.keys(texts)[0] ?? ''],
): OpenedCompose {
  const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/shop/${name}`, text]))
  return openCompose(
    paths.map((path) => `/shop/${path}`),
    memoryFiles(files),
    options,
  )
}

/** Opens one file, f.yml. */
export function openText(text: string, options: ComposeOptions = {}): OpenedCompose {
  return openTexts({ 'f.yml': text }, options)
}

/** The problems of an opening as lines, without the folder. */
export function problemsOf(opened: OpenedCompose): readonly string[] {
  return opened.problems.map((note) => formatNote(note).replaceAll('/shop/', ''))
}

export function warningsOf(opened: OpenedCompose): readonly string[] {
  return opened.warnings.map((note) => formatNote(note).replaceAll('/shop/', ''))
}
