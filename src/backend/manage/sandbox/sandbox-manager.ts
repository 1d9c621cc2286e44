import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { applyAction } from '../../../core/manage/apply-action.ts'
import { endsAtOnce } from '../../../core/manage/ends-at-once.ts'
import { fieldOf } from '../../../core/manage/find-field.ts'
import type { Inspected, ObjectKind } from '../../../core/manage/inventory.ts'
import type { ActionPlan } from '../../../core/manage/plan.ts'
import { listSandboxImages } from '../../../core/manage/sandbox-images.ts'
import { sayDone, sayLeft } from '../../../core/manage/say-action.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'
import type { EditedScene } from '../../../core/synth/scene/settle-scene.ts'
import type { Failure, Outcome } from '../../../protocol/contract.ts'
import type { SandboxSource } from '../../sources/sandbox-source.ts'
import { openSandboxTerminal, SANDBOX_HAS_NO_LOGS } from '../console/sandbox-terminal.ts'
import type { Attempt, Manager, Performed } from '../manager.ts'
import { inspectInSandbox } from './inspect-in-sandbox.ts'
import { planInSandbox } from './plan-in-sandbox.ts'

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
    const shown = await this.#shown()
    return shown.ok ? { ok: true, value: listSandboxImages(shown.value.scene) } : shown
  }

  async inspect(kind: ObjectKind, name: string): Promise<Outcome<Inspected>> {
    const shown = await this.#shown()
    return shown.ok ? inspectInSandbox(shown.value.scene, shown.value.state, kind, name) : shown
  }

  async plan(action: ManageAction, reach: boolean, signal: AbortSignal): Promise<Outcome<ActionPlan>> {
    const shown = await this.#shown()
    if (!shown.ok) return shown
    return planInSandbox(shown.value.scene, shown.value.state, action, reach, signal)
  }

  async perform(action: ManageAction): Promise<Attempt> {
    if (action.kind === 'import-image' || action.kind === 'remove-image') return notManaged(LACKS[1] ?? '')
    const shown = await this.#shown()
    if (!shown.ok) return shown
    const { scene } = shown.value
    const applied = applyAction(scene, action)
    if (!applied.ok) return this.#refuse(scene, action, applied)
    return this.#show(scene, applied.scene, sayDone(action), notesOf(action))
  }

  async openLogs(): ReturnType<Manager['openLogs']> {
    return notManaged(SANDBOX_HAS_NO_LOGS)
  }

  async openTerminal(
    ...[container, command, , handler]: Parameters<Manager['openTerminal']>
  ): ReturnType<Manager['openTerminal']> {
    return openSandboxTerminal(this.#source, container, command, handler)
  }

  /**
   * What `docker restart` stopped and could not start again is stopped: one step takes that back. What `docker run` created
   * and could not start is removed again, as on a real engine: whoever mends it asks for the same name once more.
   */
  async #refuse(before: Scene, action: ManageAction, refusal: RefusedScene): Promise<Attempt> {
    const outcome = refused(refusal.message, fieldOf(action, refusal.message))
    if (refusal.left === undefined || action.kind === 'run-container') return outcome
    const label = sayLeft(action)
    const shown = await this.#show(before, refusal.left, label, [])
    if (!shown.ok || shown.value.back === null) return outcome
    const failure: Failure = { ...outcome.failure, hint: `${label}: start it when that is mended, remove it, or undo` }
    return { ok: false, failure, back: shown.value.back }
  }

  /** Going back is the old scene, exactly as it was. Whoever listens has the new host before the answer is there. */
  async #show(before: Scene, after: Scene, label: string, notes: readonly string[]): Promise<Outcome<Performed>> {
    const shown = this.#source.replace(after)
    if (!shown.ok) return { ok: false, failure: { ...shown.failure, code: 'engine-refused' } }
    await new Promise((resolve) => setImmediate(resolve))
    const run = (): Promise<Outcome<Performed>> => this.#takeBack(before, after, label, notes)
    return { ok: true, value: { did: label, notes, back: { label, run } } }
  }

  async #takeBack(before: Scene, after: Scene, label: string, notes: readonly string[]): Promise<Outcome<Performed>> {
    const shown = await this.#show(after, before, label, [])
    if (!shown.ok) return shown
    const run = (): Promise<Outcome<Performed>> => this.#show(before, after, label, notes)
    return { ok: true, value: { did: `taken back: ${label}`, notes: [], back: { label, run } } }
  }

  async #shown(): Promise<Outcome<Shown>> {
    const loaded = await this.#source.load()
    if (!loaded.ok) return loaded
    const scene = this.#source.scene()
    if (scene === null) throw new Error('a sandbox that was read has no scene')
    return { ok: true, value: { scene, state: loaded.value } }
  }
}

/** What a sandbox shows: its scene, and the host that it makes. */
interface Shown {
  readonly scene: Scene
  readonly state: HostState
}

type RefusedScene = Extract<EditedScene, { readonly ok: false }>

function refused(message: string, at: string | null): { readonly ok: false; readonly failure: Failure } {
  const failure: Failure = { code: 'engine-refused', message }
  return { ok: false, failure: at === null ? failure : { ...failure, at } }
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
