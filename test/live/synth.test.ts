import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { synthesizeHost } from '../../src/core/synth/synthesize-host.ts'
import { compareTraces } from '../core/synth/compare/compare-traces.ts'
import { hostLines } from '../core/synth/compare/normalize-host.ts'
import { readTables } from '../core/synth/compare/read-tables.ts'
import { groupScenes, openBench, type SceneBench } from '../core/synth/compare/run-scenes.ts'
import { DECLARED } from '../core/synth/scenes/declared.ts'
import { startWorld, whyNoLab, type World } from '../lab/index.ts'

/**
 * Builds declared scenes on real engines and compares the host that Docker made with the one that is synthesised, line by
 * line and trace by trace. `npm run synth-check` takes all of them; else those that differ most from one another do.
 */
const QUICK = [
  'usernet-portmap-noicc',
  'usernet-portmap-routed',
  'internal-and-open',
  'ipv6',
  'usernet-portmap-noproxy',
]

const reason = whyNoLab()
const wanted = process.env['HOPWIRE_SYNTH'] ?? ''
const names = wanted === 'all' ? DECLARED.map(({ name }) => name) : wanted === '' ? QUICK : wanted.split(',')
const scenes = DECLARED.filter(({ name }) => names.includes(name))

describe.each([20, 28] as const)(
  `what Docker %s makes of a scene${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    beforeAll(async () => {
      world = await startWorld()
    })
    afterAll(() => world?.stop())

    describe.each(
      groupScenes(scenes, generation).map((group) => [optionsText(group.scenes[0]?.options), group] as const),
    )('with %s', (_options, group) => {
      let bench: SceneBench
      beforeAll(async () => {
        bench = await openBench(world, group)
      })
      afterAll(() => bench?.close())

      it.each(group.scenes.map((scene) => [scene.name, scene] as const))('%s', async (_name, declared) => {
        const scene = bench.scene(declared)
        try {
          const real = await bench.build(scene)
          const made = synthesizeHost(scene, readTables)
          expect(made.refusals).toEqual([])
          expect(real.gaps).toEqual([])
          expect(hostLines(made.state)).toEqual(hostLines(real))
          expect(compareTraces(real, made.state)).toEqual([])
        } finally {
          await bench.clear(scene)
        }
      })
    })
  },
)

function optionsText(options: object | undefined): string {
  return options === undefined ? 'the default options' : JSON.stringify(options)
}
