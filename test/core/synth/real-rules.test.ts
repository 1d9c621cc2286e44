import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { synthesizeHost } from '../../../src/core/synth/synthesize-host.ts'
import { hostLines } from './compare/normalize-host.ts'
import { readTables } from './compare/read-tables.ts'
import { DECLARED } from './scenes/declared.ts'
import { sceneFor } from './scenes/make-scene.ts'

/**
 * The rules that real engines made of the declared scenes, in every namespace, as test/live/synth.test.ts saw them: so that
 * they are compared where no engine can run, too. The first line is what the engine remembered of the scenes before.
 */
const folder = join(import.meta.dirname, 'real-rules')

describe.each([20, 28] as const)('the rules of Docker %s', (generation) => {
  const files = readdirSync(join(folder, String(generation))).map((file) => file.replace('.txt', ''))
  const declared = DECLARED.filter(({ only }) => only?.includes(generation) !== false)

  test('there are those of every declared scene, and at least forty', () => {
    expect(declared.map(({ name }) => name).sort()).toEqual([...files].sort())
    expect(files.length).toBeGreaterThanOrEqual(40)
  })

  test.each(declared.map((scene) => [scene.name, scene] as const))('%s', (name, scene) => {
    const [first = '', ...lines] = readFileSync(join(folder, String(generation), `${name}.txt`), 'utf8')
      .trim()
      .split('\n')
    const memory = JSON.parse(first.replace('memory ', '')) as object
    const { state, refusals } = synthesizeHost({ ...sceneFor(scene, generation), memory }, readTables)
    expect(refusals).toEqual([])
    const made = hostLines(state).filter((line) => line.includes(' rules '))
    expect(made.map((line) => line.replace(' rules ', ' '))).toEqual(lines)
  })
})
