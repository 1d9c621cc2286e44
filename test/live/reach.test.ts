import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareWay, pairWays } from '../../src/backend/manage/reach/compare-ways.ts'
import { listWays, type Side } from '../../src/backend/manage/reach/list-ways.ts'
import { modelHost } from '../../src/backend/manage/reach/model-host.ts'
import { predictReach } from '../../src/backend/manage/reach/predict-reach.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import type { Source } from '../../src/backend/sources/source.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { ManageAction } from '../../src/core/manage/action.ts'
import type { ReachChange } from '../../src/core/manage/plan.ts'
import {
  type Engine,
  type Generation,
  standardScene,
  startEngine,
  startWorld,
  untilListens,
  whyNoLab,
  type World,
} from '../lab/index.ts'

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']

/** One after the other on one host: what is done, and the command that does it. */
const STEPS: readonly (readonly [action: ManageAction, command: readonly string[]])[] = [
  [{ kind: 'connect', container: 'a1', endpoint: { network: 'net-b' } }, ['network', 'connect', 'net-b', 'a1']],
  [{ kind: 'disconnect', container: 'a1', network: 'net-a' }, ['network', 'disconnect', 'net-a', 'a1']],
  [{ kind: 'connect', container: 'c1', endpoint: { network: 'net-i' } }, ['network', 'connect', 'net-i', 'c1']],
  [{ kind: 'rename-container', name: 'b1', to: 'b9' }, ['rename', 'b1', 'b9']],
  [{ kind: 'container-verb', verb: 'stop', name: 'web' }, ['stop', '-t', '0', 'web']],
  [{ kind: 'container-verb', verb: 'start', name: 'web' }, ['start', 'web']],
  [{ kind: 'remove-container', name: 'local' }, ['rm', '-f', 'local']],
]

const words = (changes: readonly ReachChange[]): readonly string[] =>
  changes.map(({ from, to, protocol, before, after }) => `${from} > ${to} ${protocol}: ${before} > ${after}`).sort()

describe.each(generations)(
  `what a change does to who reaches whom on Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let source: Source

    const read = async (): Promise<HostState> => {
      const loaded = await source.load()
      if (!loaded.ok) throw new Error(loaded.failure.message)
      return loaded.value
    }

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await standardScene(engine)
      source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
    })
    afterAll(async () => {
      await source?.close()
      world?.stop()
    })

    it.each(STEPS.map(([action, command]) => [`docker ${command.join(' ')}`, action, command] as const))(
      'is as %s shows afterwards',
      async (_what, action, command) => {
        const before = await read()
        const predicted = await predictReach(before, action, new AbortController().signal)
        await engine.docker(command)
        // It runs before it listens.
        if (command[0] === 'start') await untilListens(await engine.containerNetns('web'), ':80')
        const after = await read()
        if (!predicted.ok || predicted.value === null) throw new Error('nothing was predicted')
        const starts = action.kind === 'container-verb' && action.verb === 'start'
        expect(words([...predicted.value.opens, ...predicted.value.closes, ...predicted.value.changes])).toEqual(
          words(whatChanged(before, after)),
        )
        const assumed = starts ? `what listens is assumed from the ports of ${action.name}` : null
        expect(predicted.value.unknown).toBe(assumed)
      },
    )
  },
)

/** What the tracer says of the host before and of the host after, both as they were read. */
function whatChanged(before: HostState, after: HostState): readonly ReachChange[] {
  const side = (state: HostState): Side => ({ scene: modelHost(state).scene, state })
  const [old, later] = [side(before), side(after)]
  return pairWays(listWays(old), listWays(later), new Set()).flatMap((pair) => {
    const compared = compareWay(old, later, pair)
    return compared === null ? [] : [compared.change]
  })
}
