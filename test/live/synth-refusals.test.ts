import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyAction } from '../../src/core/manage/apply-action.ts'
import { formatCommand } from '../../src/core/manage/format-command.ts'
import { readCommand } from '../../src/core/manage/read-command.ts'
import { splitWords } from '../../src/core/manage/split-words.ts'
import { planScene } from '../../src/core/synth/plan/plan-scene.ts'
import type { Scene } from '../../src/core/synth/scene/scene.ts'
import { dockerCommands } from '../core/synth/compare/build-scene.ts'
import { sceneFor } from '../core/synth/scenes/make-scene.ts'
import {
  REFUSAL_BASE,
  REFUSED,
  REFUSED_ACTIONS,
  REFUSED_LINES,
  type Refused,
} from '../core/synth/scenes/refused-scenes.ts'
import {
  type Engine,
  importBusybox,
  listens,
  makeObject,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'
import { startDaemon, waitForDaemon } from '../lab/daemon.ts'

const reason = whyNoLab()

/** The daemon's words without what is drawn at random, and without what the command line puts around them. */
function plainWords(text: string): string {
  return (
    text
      .replace(/^[\s\S]*?status \d+: (docker: )?(Error response from daemon: )?/, '')
      .replace(/\n\s*(See|Run) 'docker run --help'[\s\S]*$/, '')
      .replace(/\b[0-9a-f]{64}\b/g, '<id>')
      .replace(/\bbr-[0-9a-f]{12}\b/g, '<bridge>')
      .replace(/ id:"[0-9a-f]{12}"/g, ' id:"<id>"')
      .replace(/\n(exit status 1|Error: failed to (rename|start) container.*)\s*$/, '')
      // 20.10's command line says so itself.
      .replace(/^[\s\S]*Error: No such network: (\S+)/, 'network $1 not found')
      .trim()
      .replace(/\.$/, '')
  )
}

function withMore(base: Scene, { network, container }: Refused): Scene {
  return {
    ...base,
    networks: network === undefined ? base.networks : [...base.networks, network],
    containers: container === undefined ? base.containers : [...base.containers, container],
  }
}

describe.each([20, 28] as const)(
  `what Docker %s refuses${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    const base = sceneFor(REFUSAL_BASE, generation)
    const known = dockerCommands(base).length
    let world: World
    let engine: Engine

    beforeAll(async () => {
      world = await startWorld()
      const options = { ...REFUSAL_BASE.options }
      engine = await startEngine(world, { generation: generation === 20 ? '20' : '28', daemonOptions: options })
      await importBusybox(engine)
      const script = join(import.meta.dirname, '../lab/serve.py')
      const argv = ['nsenter', `--net=${engine.netns}`, 'python3', script]
      const daemon = startDaemon(
        world.ledger,
        [...argv, '--tcp', '0.0.0.0:9090'],
        join(world.directory, 'own-port.log'),
      )
      await waitForDaemon(daemon, () => listens(engine.netns, ':9090'), 'serve.py')
      for (const command of dockerCommands(base)) await makeObject(engine, command)
    })
    afterAll(() => world?.stop())

    it('nothing of, to begin with', () => {
      expect(planScene(base).refusals).toEqual([])
    })

    const cases = REFUSED.filter(({ only }) => only === undefined || only === generation)
    it.each(cases.map((refused) => [refused.what, refused] as const))('%s', async (_what, refused) => {
      const scene = withMore(base, refused)
      const [last] = dockerCommands(scene).filter((command) => command.at(-1) === 'late' || command.includes('late'))
      expect(dockerCommands(scene)).toHaveLength(known + 1)
      const said = await engine.docker(last ?? []).then(
        () => 'accepted',
        (error: unknown) => plainWords(String(error)),
      )
      await engine.docker(['rm', '-f', 'late']).catch(() => undefined)
      const refusals = planScene(scene).refusals.map(({ message }) => plainWords(message))
      expect(refusals).toEqual([said])
    })

    const lines = REFUSED_LINES.filter(({ only }) => only === undefined || only === generation)
    it.each(lines.map(({ options }) => `docker run -d --name late ${options} busybox:local sleep 1000`))(
      '%s',
      async (line) => {
        const said = await engine.docker((splitWords(line) ?? []).slice(1)).then(
          () => 'accepted',
          (error: unknown) => plainWords(String(error)),
        )
        await engine.docker(['rm', '-f', 'late']).catch(() => undefined)
        const read = readCommand(line)
        if (read.kind !== 'action') throw new Error(`${line} is ${read.kind}`)
        const applied = applyAction(base, read.action)
        expect(applied.ok ? 'accepted' : plainWords(applied.message)).toBe(said)
      },
    )

    it.each(REFUSED_ACTIONS.map((action) => [formatCommand(action), action] as const))(
      '%s',
      async (command, action) => {
        const [first = ''] = command.split(' && ')
        const said = await engine.docker((splitWords(first) ?? []).slice(1)).then(
          () => 'accepted',
          (error: unknown) => plainWords(String(error)),
        )
        await engine.docker(['rm', '-f', 'late']).catch(() => undefined)
        const applied = applyAction(base, action)
        expect(applied.ok ? 'accepted' : plainWords(applied.message)).toBe(said)
      },
    )
  },
)
