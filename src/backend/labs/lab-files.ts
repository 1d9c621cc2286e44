import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { findResource } from '../package-root.ts'
import { readSceneFile } from '../sources/read-scene-file.ts'
import type { LabPage } from './lab-page.ts'
import { readLab } from './read-lab.ts'

/** Returns the ids of the labs that come with Hopwire, in order. */
export function listLabIds(): readonly string[] {
  return readdirSync(findResource('labs'))
    .filter((file) => /^\d\d-.*\.md$/.test(file))
    .map((file) => basename(file, '.md'))
    .sort()
}

/** Reads a lab that comes with Hopwire; what is wrong with its page is `unreadable-file` with the line in `at`. */
export function loadLab(id: string): Outcome<LabPage> {
  const path = findResource('labs', `${id}.md`)
  const read = readLab(readFileSync(path, 'utf8'), id)
  if (read.ok) return { ok: true, value: read.lab }
  const [first] = read.problems
  const message = `the lab ${id} cannot be read: ${first?.message ?? ''}`
  const failure = { code: 'unreadable-file', message, hint: 'install Hopwire again' } as const
  return { ok: false, failure: first === undefined ? failure : { ...failure, at: `line ${first.line}` } }
}

/** Reads the scene that a lab begins with: one of its own, or one that comes with Hopwire. */
export function loadLabScene({ scene }: LabPage): Promise<Outcome<Scene>> {
  const own = findResource('labs', 'scenes', `${scene}.json`)
  return readSceneFile(existsSync(own) ? own : scene)
}
