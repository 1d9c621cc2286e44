/**
 * `npx tsx test/core/synth/edits/keep-edits.ts [20|28|20,28] [NAME,...]`: does the declared edits on real engines, one
 * after the other, and keeps in real-edits/ what the host was after each.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startWorld } from '../../../lab/index.ts'
import { openBench, type SceneBench } from '../compare/run-scenes.ts'
import { editLines } from './edit-lines.ts'
import { EDIT_SEQUENCES, type EditSequence, editsFor } from './edit-sequences.ts'
import { splitWords } from '../../../../src/core/manage/split-words.ts'
import { diffLines, formatHunks } from './line-patch.ts'
import { plainWords } from './plain-words.ts'

const [engines = '20,28', asked] = process.argv.slice(2)
const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Nobody waits ten seconds for a program that does not listen to signals. */
function wordsOf(command: string): readonly string[] {
  const [, verb = '', ...rest] = splitWords(command) ?? []
  return verb === 'stop' || verb === 'restart' ? [verb, '-t', '0', ...rest] : [verb, ...rest]
}

async function keepOne(bench: SceneBench, sequence: EditSequence, generation: 20 | 28): Promise<string> {
  let lines = editLines(await bench.readCalm())
  const all = ['$', ...formatHunks(diffLines([], lines))]
  for (const { command, refused } of editsFor(sequence, generation)) {
    const said = await bench.engine.docker(wordsOf(command)).then(
      () => null,
      (error: unknown) => plainWords(String(error)),
    )
    if ((said !== null) !== refused) throw new Error(`${command}: ${said ?? 'not refused'}`)
    const now = editLines(await bench.readCalm())
    all.push(`$ ${command}`, ...(said === null ? [] : [`! ${said}`]), ...formatHunks(diffLines(lines, now)))
    lines = now
  }
  return `${all.join('\n')}\n`
}

/** On a host of its own: what an engine remembers of the edits before would be part of the answer. */
async function keepOnNewHost(sequence: EditSequence, generation: 20 | 28): Promise<string> {
  const world = await startWorld()
  try {
    const bench = await openBench(world, { generation, scenes: [] })
    const text = await keepOne(bench, sequence, generation)
    await bench.close()
    return text
  } finally {
    world.stop()
  }
}

for (const generation of [20, 28] as const) {
  if (!engines.split(',').includes(String(generation))) continue
  const folder = join(import.meta.dirname, '../real-edits', String(generation))
  mkdirSync(folder, { recursive: true })
  for (const sequence of EDIT_SEQUENCES) {
    if (asked !== undefined && !asked.split(',').includes(sequence.name)) continue
    try {
      writeFileSync(join(folder, `${sequence.name}.txt`), await keepOnNewHost(sequence, generation))
      say(`${generation} ${sequence.name}: kept`)
    } catch (error) {
      say(`${generation} ${sequence.name}: ${String(error)}`)
      process.exitCode = 1
    }
  }
}
