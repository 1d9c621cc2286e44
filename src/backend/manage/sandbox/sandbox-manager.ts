import type { ManageAction } from '../../../core/manage/action.ts'
import { applyAction } from '../../../core/manage/apply-action.ts'
import { endsAtOnce } from '../../../core/manage/ends-at-once.ts'
import { formatCommand } from '../../../core/manage/format-command.ts'
import type { ActionPlan } from '../../../core/manage/plan.ts'
import { sayDone } from '../../../core/manage/say-action.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'
import type { Failure, Outcome } from '../../../protocol/contract.ts'
import type { SandboxSource } from '../../sources/sandbox-source.ts'
import { openSandboxTerminal, SANDBOX_HAS_NO_LOGS } from '../console/sandbox-terminal.ts'
import type { Manager, Performed } from '../manager.ts'
import { predictSceneReach } from '../reach/predict-reach.ts'

const LACKS = [SANDBOX_HAS_NO_LOGS, 'the images of a sandbox are given: none can be imported or removed']

/** Returns the manager that changes the scene of a sandbox as Docker would change a host. */
export function createSandboxManager(source: SandboxSource): Manager {
  return new SandboxManager(source)
}

class SandboxManager implements Manager {
  readonly #source: SandboxSource

  constructor(source: SandboxSource) {
    this.#source = source
  }

  info(): ReturnType<Manager['info']> {
    return { kind: 'sandbox', generation: this.#source.scene()?.engine.generation ?? 0, lacks: LACKS }
  }

  async images(): ReturnType<Manager['images']> {
    return { ok: true, value: [] }
  }

  async inspect(): ReturnType<Manager['inspect']> {
    return notManaged('inspecting is not there yet')
  }

  async plan(action: ManageAction, reach: boolean, signal: AbortSignal): Promise<Outcome<ActionPlan>> {
    const scene = await this.#scene()
    if (!scene.ok) return scene
    const applied = applyAction(scene.value, action)
    const asked = applied.ok && reach ? applied.scene : null
    const predicted = asked === null ? null : await predictSceneReach(scene.value, asked, action, signal)
    if (predicted !== null && !predicted.ok) return predicted
    return {
      ok: true,
      value: {
        command: formatCommand(action),
        problems: applied.ok ? [] : [{ at: '', severity: 'error', message: applied.message }],
        losses: [],
        undo: 'the sandbox goes back to what it is now',
        reach: predicted?.value ?? null,
      },
    }
  }

  async perform(action: ManageAction): Promise<Outcome<Performed>> {
    if (action.kind === 'import-image' || action.kind === 'remove-image') return notManaged(LACKS[1] ?? '')
    const scene = await this.#scene()
    if (!scene.ok) return scene
    const applied = applyAction(scene.value, action)
    if (!applied.ok) return { ok: false, failure: { code: 'engine-refused', message: applied.message } }
    return this.#show(scene.value, applied.scene, sayDone(action), notesOf(action))
  }

  async openLogs(): ReturnType<Manager['openLogs']> {
    return notManaged(SANDBOX_HAS_NO_LOGS)
  }

  async openTerminal(
    ...[container, command, , handler]: Parameters<Manager['openTerminal']>
  ): ReturnType<Manager['openTerminal']> {
    return openSandboxTerminal(this.#source, container, command, handler)
  }

  /** Going back is the old scene, exactly as it was. Whoever listens has the new host before the answer is there. */
  async #show(before: Scene, after: Scene, did: string, notes: readonly string[]): Promise<Outcome<Performed>> {
    const shown = this.#source.replace(after)
    if (!shown.ok) return { ok: false, failure: { ...shown.failure, code: 'engine-refused' } }
    await new Promise((resolve) => setImmediate(resolve))
    const run = (): Promise<Outcome<Performed>> => this.#show(after, before, did, [])
    return { ok: true, value: { did, notes, back: { label: did, run } } }
  }

  async #scene(): Promise<Outcome<Scene>> {
    const loaded = await this.#source.load()
    if (!loaded.ok) return loaded
    const scene = this.#source.scene()
    if (scene === null) throw new Error('a sandbox that was read has no scene')
    return { ok: true, value: scene }
  }
}

function notesOf(action: ManageAction): readonly string[] {
  if (action.kind !== 'run-container' || !endsAtOnce(action.container)) return []
  const { name, image } = action.container
  return [`${name} has ended already: ${image} runs a shell, which ends at once without a terminal; give it a command`]
}

function notManaged(message: string): Outcome<never> {
  const failure: Failure = { code: 'not-managed', message, hint: 'connect to a Docker engine for that' }
  return { ok: false, failure }
}
