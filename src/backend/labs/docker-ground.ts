import type { HostState } from '../../core/host/host-state.ts'
import type { ManageAction } from '../../core/manage/action.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { Manager } from '../manage/manager.ts'
import type { Source } from '../sources/source.ts'
import type { StateKeeper } from '../state-keeper.ts'
import { buildActions, findObjects, findTaken, removeActions } from './engine-objects.ts'
import { loadLabScene } from './lab-files.ts'
import type { Ground } from './lab-ground.ts'
import type { LabJournal } from './lab-journal.ts'
import type { LabPage } from './lab-page.ts'

/** What a lab on a real engine works with. */
export interface DockerParts {
  readonly source: Source
  readonly keeper: StateKeeper
  readonly journal: LabJournal
}

/**
 * Begins a lab on a real engine: what an earlier one left there is removed, and what the lab begins with is made. An engine
 * that has something of the same name is left alone and the lab refused, so that at the end all of its names are its own.
 */
export async function openDockerGround(lab: LabPage, parts: DockerParts): Promise<Outcome<Ground>> {
  const manager = managerOf(parts.source)
  if (manager === null) return { ok: false, failure: NO_ENGINE }
  const swept = await sweepLabs(parts)
  if (!swept.ok) return swept
  const [state, images, scene] = await Promise.all([parts.keeper.refresh(), manager.images(never()), loadLabScene(lab)])
  if (!state.ok) return state
  if (!images.ok) return images
  if (!scene.ok) return scene
  const missing = lab.images.find((image) => !images.value.some(({ tags }) => tags.some((tag) => isTag(tag, image))))
  if (missing !== undefined) return { ok: false, failure: noImage(missing) }
  const taken = findTaken(state.value.state, lab)
  if (taken.length > 0) return { ok: false, failure: namesTaken(taken) }
  const ground = new DockerGround(lab, parts)
  for (const action of buildActions(lab, scene.value)) {
    const done = await perform(manager, action)
    if (done.ok) continue
    await ground.end()
    return done
  }
  const after = await parts.keeper.refresh()
  return after.ok ? { ok: true, value: ground } : after
}

/** Removes what an earlier lab that was not ended has left: what has the label, and what it had noted by its id. */
export async function sweepLabs({ source, keeper, journal }: DockerParts): Promise<Outcome<Record<string, never>>> {
  const manager = managerOf(source)
  if (manager === null) return { ok: false, failure: NO_ENGINE }
  const [noted, read] = await Promise.all([journal.read(), keeper.refresh()])
  if (!read.ok) return read
  const left = findObjects(read.value.state, (_, { id }) => noted.has(id))
  const removed = await performAll(manager, removeActions(left))
  if (!removed.ok) return removed
  const gone = new Set([...left.containers, ...left.networks].map(({ id }) => id))
  await journal.write(new Set([...noted].filter((id) => !gone.has(id))))
  if (gone.size > 0) await keeper.refresh()
  return { ok: true, value: {} }
}

class DockerGround implements Ground {
  readonly kind = 'docker'

  constructor(
    private readonly lab: LabPage,
    private readonly parts: DockerParts,
  ) {}

  isThere(): boolean {
    return managerOf(this.parts.source) !== null
  }

  async command(): Promise<Outcome<{ readonly did: string }>> {
    const message = 'this command changes the host itself, which Hopwire does not do on a real engine'
    return { ok: false, failure: { code: 'not-managed', message, hint: 'run it in a terminal' } }
  }

  /** Whatever has one of the lab's names was made since it began: none was there before. */
  async onState(state: HostState): Promise<void> {
    const { containers, networks } = this.#find(state)
    const noted = await this.parts.journal.read()
    const ids = [...containers, ...networks].map(({ id }) => id)
    if (ids.some((id) => !noted.has(id))) await this.parts.journal.write(new Set([...noted, ...ids]))
  }

  async end(): Promise<Outcome<Record<string, never>>> {
    const read = await this.parts.keeper.refresh()
    if (!read.ok) return read
    await this.onState(read.value.state)
    return sweepLabs(this.parts)
  }

  #find(state: HostState) {
    const { containers, networks } = this.lab
    return findObjects(state, (kind, { name }) => (kind === 'container' ? containers : networks).includes(name))
  }
}

/** Goes on where one cannot be removed, so that as little as possible is left, and tells of the first. */
async function performAll(manager: Manager, actions: readonly ManageAction[]): Promise<Outcome<Record<string, never>>> {
  const failures: Failure[] = []
  for (const action of actions) {
    const done = await perform(manager, action)
    if (!done.ok) failures.push(done.failure)
  }
  const [failure] = failures
  return failure === undefined ? { ok: true, value: {} } : { ok: false, failure }
}

function perform(manager: Manager, action: ManageAction) {
  return manager.perform(action, null, () => undefined, never())
}

/** What is begun here is brought to its end. */
function never(): AbortSignal {
  return new AbortController().signal
}

function managerOf(source: Source): Manager | null {
  return source.kind === 'docker' ? (source.manager?.() ?? null) : null
}

function isTag(tag: string, image: string): boolean {
  return tag === image || tag === `${image}:latest`
}

const NO_ENGINE: Failure = {
  code: 'not-managed',
  message: 'no Docker engine is shown',
  hint: 'connect to one, or do the lab in the sandbox',
}

function noImage(image: string): Failure {
  const message = `this lab needs the image ${image}, and the engine does not have it`
  return { code: 'engine-refused', message, hint: `docker pull ${image}, or import it under Manage, Images` }
}

function namesTaken(taken: readonly string[]): Failure {
  const message = `the engine already has ${taken.join(', ')}, which this lab would make`
  return { code: 'engine-refused', message, hint: 'rename or remove it, or do the lab in the sandbox' }
}
