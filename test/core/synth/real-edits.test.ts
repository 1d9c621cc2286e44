import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkHostState } from '../../../src/core/host/check-host-state.ts'
import { applyAction } from '../../../src/core/manage/apply-action.ts'
import { readCommand } from '../../../src/core/manage/read-command.ts'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import type { Scene } from '../../../src/core/synth/scene/scene.ts'
import type { EditedScene } from '../../../src/core/synth/scene/settle-scene.ts'
import { synthesizeHost } from '../../../src/core/synth/synthesize-host.ts'
import { readTables } from './compare/read-tables.ts'
import { editLines } from './edits/edit-lines.ts'
import { type Edit, EDIT_SEQUENCES, editsFor } from './edits/edit-sequences.ts'
import { applyHunks, parseHunks } from './edits/line-patch.ts'
import { plainWords } from './edits/plain-words.ts'
import { sceneFor } from './scenes/make-scene.ts'

/**
 * What real engines were after each of the declared edits, as edits/keep-edits.ts saw them (that is how they are captured
 * anew): the sandbox is the same after the same edits, to the line.
 */
const folder = join(import.meta.dirname, 'real-edits')

interface Step {
  readonly command: string
  /** Docker's words, null where it did what it was told. */
  readonly refusal: string | null
  readonly lines: readonly string[]
}

function readSteps(text: string): readonly Step[] {
  const steps: Step[] = []
  for (const block of text.trim().split(/^\$ ?/m).slice(1)) {
    const [command = '', ...rest] = block.trimEnd().split('\n')
    const refusal = rest.find((line) => line.startsWith('! ')) ?? null
    const hunks = parseHunks(rest.filter((line) => line !== refusal))
    const lines = applyHunks(steps.at(-1)?.lines ?? [], hunks)
    steps.push({ command, refusal: refusal?.slice(2) ?? null, lines })
  }
  return steps
}

function edited(scene: Scene, { command }: Edit): EditedScene {
  const read = readCommand(command)
  if (read.kind !== 'action') throw new Error(`not understood: ${command}`)
  return applyAction(scene, read.action)
}

/** One text: a list of hundreds of lines takes long to compare, and a difference of texts is shown by lines as well. */
function textOf(scene: Scene): string {
  const { state, refusals } = synthesizeHost(scene, readTables)
  expect(refusals).toEqual([])
  expect(checkHostState(JSON.parse(JSON.stringify(state))).ok).toBe(true)
  return editLines(state).join('\n')
}

describe.each([20, 28] as const)('a sandbox that is changed is as Docker %s', (generation) => {
  test('of each sequence there is what a real engine made of it', () => {
    const names = EDIT_SEQUENCES.map(({ name }) => `${name}.txt`).sort()
    expect(readdirSync(join(folder, String(generation))).sort()).toEqual(names)
  })

  test.each(EDIT_SEQUENCES.map((sequence) => [sequence.name, sequence] as const))('%s', (name, sequence) => {
    const text = readFileSync(join(folder, String(generation), `${name}.txt`), 'utf8')
    const [first, ...steps] = readSteps(text)
    let scene = sceneFor({ name: 'edited', networks: [], containers: [] }, generation)
    expect(textOf(scene)).toBe(first?.lines.join('\n'))
    expect(steps.map(({ command }) => command)).toEqual(editsFor(sequence, generation).map(({ command }) => command))
    editsFor(sequence, generation).forEach((edit, index) => {
      const after = edited(scene, edit)
      const words = after.ok ? null : plainWords(after.message)
      expect(words, edit.command).toBe(steps[index]?.refusal)
      // It is saved and opened again on the way.
      const made = after.ok ? after.scene : (after.left ?? scene)
      scene = JSON.parse(JSON.stringify(made)) as Scene
      expect(checkScene(scene).ok, edit.command).toBe(true)
      expect(textOf(scene), edit.command).toBe(steps[index]?.lines.join('\n'))
    })
  })
})
