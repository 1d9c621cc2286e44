import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkHostState } from '../../../src/core/host/check-host-state.ts'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import { synthesizeHost } from '../../../src/core/synth/synthesize-host.ts'
import { readTables } from './compare/read-tables.ts'
import { DECLARED } from './scenes/declared.ts'
import { sceneFor } from './scenes/make-scene.ts'

const folder = join(import.meta.dirname, '../../../resources/scenes')

describe('the scenes that come along', () => {
  test.each(readdirSync(folder))('%s is one, is named as its file, and makes a whole host', (file) => {
    const checked = checkScene(JSON.parse(readFileSync(join(folder, file), 'utf8')))
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
    expect(`${checked.scene.name}.json`).toBe(file)
    const { state, refusals } = synthesizeHost(checked.scene, readTables)
    expect(refusals).toEqual([])
    expect(checkHostState(JSON.parse(JSON.stringify(state)))).toEqual({ ok: true, state })
  })
})

test('every declared scene is a scene and makes a whole host, on every engine that it is for', () => {
  for (const declared of DECLARED) {
    for (const generation of [20, 28, 29] as const) {
      if (declared.only?.includes(generation) === false) continue
      const scene = sceneFor(declared, generation)
      expect(checkScene(JSON.parse(JSON.stringify(scene))), declared.name).toEqual({ ok: true, scene })
      const { state, refusals } = synthesizeHost(scene, readTables)
      expect(refusals, declared.name).toEqual([])
      expect(checkHostState(JSON.parse(JSON.stringify(state))), declared.name).toMatchObject({ ok: true })
    }
  }
})
