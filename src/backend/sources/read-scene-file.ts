import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { checkScene } from '../../core/synth/scene/check-scene.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { findResource } from '../package-root.ts'
import { fileReason, jsonErrorPlace } from './read-host-file.ts'

/** The names of the scenes that come with Hopwire, in order. */
export function listScenes(): readonly string[] {
  return readdirSync(findResource('scenes'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
}

/**
 * Reads a scene: one that comes with Hopwire by its name, else a file. What is not there, no JSON or no scene gives
 * `unreadable-file` with the place in `at`, all in one line.
 */
export async function readSceneFile(fileOrName: string): Promise<Outcome<Scene>> {
  const isName = listScenes().includes(fileOrName)
  const path = isName ? findResource('scenes', `${fileOrName}.json`) : fileOrName
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const reason = fileReason(error as NodeJS.ErrnoException)
    const hint = `give a scene's file, or one of ${listScenes().join(', ')}`
    return unreadable(`the scene ${path} cannot be read: ${reason}`, hint)
  }
  return parseSceneFile(text, path)
}

/** Makes a scene of a file's text; `path` is only for the messages. */
export function parseSceneFile(text: string, path: string): Outcome<Scene> {
  const json = text.replace(/^\uFEFF/, '')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    const { place } = jsonErrorPlace(json)
    return unreadable(`${path} cannot be read at ${place}: it is not JSON`, 'correct the file there', place)
  }
  const checked = checkScene(value)
  if (checked.ok) return { ok: true, value: checked.scene }
  const [first, ...others] = checked.problems
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const message = `${path} is not a scene: ${first?.path ?? ''}: ${first?.message ?? ''}${more}`
  return unreadable(message, 'correct the file there', first?.path)
}

function unreadable(message: string, hint: string, at?: string): Outcome<never> {
  const failure = { code: 'unreadable-file', message: message.replace(/\s*\n\s*/g, ' '), hint } as const
  return { ok: false, failure: at === undefined || at === '' ? failure : { ...failure, at } }
}
