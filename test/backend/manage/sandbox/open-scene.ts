import type { Attempt, Manager } from '../../../../src/backend/manage/manager.ts'
import { createSceneSource, type SandboxSource } from '../../../../src/backend/sources/sandbox-source.ts'
import type { ManageAction } from '../../../../src/core/manage/action.ts'
import type { Generation, Scene } from '../../../../src/core/synth/scene/scene.ts'
import type { Flow } from '../../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../../src/core/tracer/trace-flow.ts'
import type { Outcome } from '../../../../src/protocol/contract.ts'
import { bridge, idle, sceneFor, webServer } from '../../../core/synth/scenes/make-scene.ts'

export const signal = new AbortController().signal
export const quiet = (): void => undefined

/** A scene with one of everything that can be managed. */
export const base = (generation: Generation): Scene =>
  sceneFor(
    {
      name: 'managed',
      networks: [bridge('net-a'), bridge('net-b', { subnets: [{ subnet: '10.20.0.0/24' }] }), bridge('unused')],
      containers: [
        webServer('web', { networks: [{ network: 'net-a' }], ports: ['8080:80'] }),
        idle('client', 'net-a'),
        idle('loner'),
        idle('halted', 'net-b', { state: 'exited' }),
      ],
    },
    generation,
  )

export interface Opened {
  readonly source: SandboxSource
  readonly manager: Manager
}

/** Opens the manager of a scene, with its first host made. */
export async function openScene(scene: Scene): Promise<Opened> {
  const source = createSceneSource('managed', { scene, gaps: [], notes: [] })
  const loaded = await source.load()
  if (!loaded.ok) throw new Error(loaded.failure.message)
  return { source, manager: source.manager() }
}

export const perform = ({ manager }: Opened, action: ManageAction): Promise<Attempt> =>
  manager.perform(action, null, quiet, signal)

/** Returns what an outcome holds; throws where it failed. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

/** Returns the disposition of a flow as the host is now, or why there is none. */
export async function ending({ source }: Opened, flow: Flow): Promise<string> {
  const traced = traceFlow(valueOf(await source.load()), flow)
  return traced.ok ? traced.report.disposition : traced.problem.code
}
