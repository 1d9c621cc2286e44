import { describe, expect, test } from 'vitest'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import { applyAction } from '../../../src/core/manage/apply-action.ts'
import { sceneFromHost } from '../../../src/core/manage/scene-from-host.ts'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import type { Scene } from '../../../src/core/synth/scene/scene.ts'
import { synthesizeHost } from '../../../src/core/synth/synthesize-host.ts'
import { readTables } from '../synth/compare/read-tables.ts'
import { bridge, idle, sceneFor } from '../synth/scenes/make-scene.ts'

const DECLARED = {
  name: 'modes',
  networks: [bridge('alpha')],
  containers: [
    idle('usual'),
    idle('named', 'bridge'),
    idle('own', 'alpha'),
    idle('left', 'alpha'),
    idle('moved'),
    idle('bare', undefined, { networkMode: 'none' }),
    idle('beside', undefined, { networkMode: 'container:own' }),
  ],
}

const EDITS: readonly ManageAction[] = [
  { kind: 'disconnect', container: 'left', network: 'alpha' },
  { kind: 'connect', container: 'moved', endpoint: { network: 'alpha' } },
  { kind: 'disconnect', container: 'moved', network: 'bridge' },
]

function edited(scene: Scene, action: ManageAction): Scene {
  const after = applyAction(scene, action)
  if (!after.ok) throw new Error(after.message)
  return after.scene
}

function modesOf(scene: Scene): Readonly<Record<string, string>> {
  const { state } = synthesizeHost(scene, readTables)
  const owner = state.containers.find(({ name }) => name === 'own')
  return Object.fromEntries(
    state.containers.map(({ name, networkMode }) => [name, networkMode.replace(owner?.id ?? '?', 'own')]),
  )
}

describe.each([20, 28] as const)('the scene of a host of Docker %s', (generation) => {
  const usual = generation === 20 ? 'default' : 'bridge'

  test('has containers with the network modes that they were made with', () => {
    const scene = EDITS.reduce(edited, sceneFor(DECLARED, generation))
    const modes = modesOf(scene)
    expect(modes).toEqual({
      usual,
      named: 'bridge',
      own: 'alpha',
      left: 'alpha',
      moved: usual,
      bare: 'none',
      beside: 'container:own',
    })
    const again = sceneFromHost(synthesizeHost(scene, readTables).state)
    expect(again.left).toEqual([])
    expect(checkScene(JSON.parse(JSON.stringify(again.scene))).ok).toBe(true)
    expect(modesOf(again.scene)).toEqual(modes)
  })
})
