import type { Gap, HostState } from '../../core/host/host-state.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageDesk } from '../manage/manage-methods.ts'
import type { Performed } from '../manage/manager.ts'
import { createSceneSource, type SandboxSource } from '../sources/sandbox-source.ts'
import type { StageSource } from '../sources/stage-source.ts'
import type { StateKeeper } from '../state-keeper.ts'
import { runHostCommand } from './host-command.ts'
import { loadLabScene } from './lab-files.ts'
import type { Ground } from './lab-ground.ts'
import type { LabPage } from './lab-page.ts'

/** What a lab in the sandbox works with. */
export interface SandboxParts {
  readonly stage: StageSource
  readonly keeper: StateKeeper
  readonly manage: ManageDesk
}

/** Shows a lab's scene in the host's place; a sandbox that was shown comes back at its end. */
export async function openSandboxGround(lab: LabPage, parts: SandboxParts): Promise<Outcome<Ground>> {
  const { stage } = parts
  const read = await loadLabScene(lab)
  if (!read.ok) return read
  const name = `lab ${lab.number}`
  const source = createSceneSource(name, { scene: { ...read.value, name }, gaps: [], notes: [] })
  const loaded = await source.load()
  if (!loaded.ok) return loaded
  const before = stage.isStaged() ? stage.sandbox() : null
  stage.showSandbox(source)
  await turned(parts)
  return { ok: true, value: new SandboxGround(lab, parts, source, before) }
}

class SandboxGround implements Ground {
  readonly kind = 'sandbox'

  constructor(
    private readonly lab: LabPage,
    private readonly parts: SandboxParts,
    private readonly source: SandboxSource,
    private readonly before: SandboxSource | null,
  ) {}

  isThere(): boolean {
    return this.parts.stage.sandbox() === this.source
  }

  async command(command: string): Promise<Outcome<{ readonly did: string }>> {
    const scene = this.source.scene()
    if (scene === null) return { ok: false, failure: refused('the sandbox is not there yet') }
    const after = runHostCommand(scene, command, this.lab)
    if (!after.ok) return { ok: false, failure: refused(after.message) }
    const done = this.#replace(after.scene, [...this.source.origin().gaps, ...after.gaps], after.did)
    if (!done.ok) return done
    this.parts.manage.add(done.value)
    await this.parts.keeper.refresh()
    return { ok: true, value: { did: after.did } }
  }

  async onState(): Promise<void> {
    // A sandbox keeps nothing beyond its end.
  }

  async end(): Promise<Outcome<Record<string, never>>> {
    if (this.isThere()) {
      if (this.before === null) this.parts.stage.leave()
      else this.parts.stage.showSandbox(this.before)
      await turned(this.parts)
    }
    await this.source.close()
    return { ok: true, value: {} }
  }

  /** Shows another scene, with the way back. */
  #replace(scene: Scene, gaps: readonly Gap[], did: string): Outcome<Performed> {
    const old = this.source.scene()
    const origin = this.source.origin()
    const shown: Outcome<HostState> = this.source.replace(scene, { ...origin, gaps })
    if (!shown.ok) return shown
    const run = async (): Promise<Outcome<Performed>> => this.#replace(old ?? scene, origin.gaps, `${did}, taken back`)
    return { ok: true, value: { did, notes: [], back: { label: did, run } } }
  }
}

/** Whoever asks next asks about the host that is shown now. */
async function turned({ keeper, manage }: SandboxParts): Promise<void> {
  await keeper.refresh()
  manage.announce()
}

function refused(message: string): Failure {
  return { code: 'engine-refused', message }
}
