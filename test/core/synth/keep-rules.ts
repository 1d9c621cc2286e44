/**
 * `npx tsx test/core/synth/keep-rules.ts [20|28] NAME,...`: builds declared scenes on real engines, keeps the rules that they
 * made in real-rules/, and prints each line of the host that is synthesised otherwise.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { synthesizeHost } from '../../../src/core/synth/synthesize-host.ts'
import { startWorld } from '../../lab/index.ts'
import { compareTraces } from './compare/compare-traces.ts'
import { hostLines } from './compare/normalize-host.ts'
import { readTables } from './compare/read-tables.ts'
import { groupScenes, openBench, type SceneBench } from './compare/run-scenes.ts'
import { DECLARED } from './scenes/declared.ts'
import type { DeclaredScene } from './scenes/make-scene.ts'

const [engines = '20,28', asked = ''] = process.argv.slice(2)
const names = asked.split(',')
const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function keepOne(bench: SceneBench, declared: DeclaredScene, generation: 20 | 28): Promise<void> {
  const scene = bench.scene(declared)
  try {
    const real = await bench.build(scene)
    const lines = hostLines(real)
    const rules = lines.filter((line) => line.includes(' rules ')).map((line) => line.replace(' rules ', ' '))
    const file = join(import.meta.dirname, 'real-rules', String(generation), `${declared.name}.txt`)
    writeFileSync(file, `${[`memory ${JSON.stringify(scene.memory)}`, ...rules].join('\n')}\n`)
    const made = synthesizeHost(scene, readTables)
    const other = hostLines(made.state)
    const sameOrder = lines.join('\n') === other.join('\n')
    say(`== ${generation} ${declared.name}: ${sameOrder ? 'equal' : 'DIFFERS'}`)
    for (const refusal of made.refusals) say(`   refused ${JSON.stringify(refusal)}`)
    for (const line of lines) if (!other.includes(line)) say(`   real ${line}`)
    for (const line of other) if (!lines.includes(line)) say(`   made ${line}`)
    for (const trace of compareTraces(real, made.state)) say(`   trace ${JSON.stringify(trace).slice(0, 600)}`)
  } catch (error) {
    say(`== ${generation} ${declared.name}: ${String(error)}`)
  } finally {
    await bench.clear(scene).catch((error: unknown) => say(String(error)))
  }
}

const world = await startWorld()
for (const generation of [20, 28] as const) {
  if (!engines.includes(String(generation))) continue
  for (const group of groupScenes(
    DECLARED.filter(({ name }) => names.includes(name)),
    generation,
  )) {
    const bench = await openBench(world, group)
    for (const scene of group.scenes) await keepOne(bench, scene, generation)
    await bench.close()
  }
}
world.stop()
