import type { HostState } from '../../core/host/host-state.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageMethods, SceneSummary } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'
import { parseAnyScene } from '../sources/read-any-scene.ts'
import { listScenes, readSceneFile } from '../sources/read-scene-file.ts'
import { createSceneSource, type SandboxSource, type SceneOrigin } from '../sources/sandbox-source.ts'
import type { StageSource } from '../sources/stage-source.ts'
import type { StateKeeper } from '../state-keeper.ts'
import type { Transfers } from '../watch/transfers.ts'
import { fileName } from '../watch/watch-methods.ts'
import type { ManageDesk } from './manage-methods.ts'
import type { Performed } from './manager.ts'

type SceneMethod = Extract<
  keyof ManageMethods,
  'saveScene' | 'openScene' | 'listScenes' | 'openSandbox' | 'leaveSandbox'
>

/** What these methods work with. */
export interface SceneBackend {
  readonly stage: StageSource
  readonly keeper: StateKeeper
  readonly transfers: Transfers
  readonly manage: ManageDesk
}

/** Longest scene or compose file that is opened, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Returns the methods that open, save and leave the sandbox. When one of them has answered, the host that is shown is the
 * one that it speaks of.
 */
export function createSceneMethods(backend: SceneBackend): Pick<Service['methods'], SceneMethod> {
  const { stage, transfers } = backend
  return {
    listScenes: async () => {
      const summaries = await Promise.all(listScenes().map(summarize))
      return { ok: true, value: summaries.flatMap((one) => (one === null ? [] : [one])) }
    },
    openSandbox: async ({ scene: name }) => {
      if (!listScenes().includes(name)) return { ok: false, failure: noScene(name) }
      const read = await readSceneFile(name)
      return read.ok ? show(backend, name, { scene: read.value, gaps: [], notes: [] }) : read
    },
    leaveSandbox: async () => {
      if (!stage.isStaged()) return { ok: false, failure: stage.sandbox() === null ? NO_SANDBOX : NO_WAY_BACK }
      stage.leave()
      return turned(backend)
    },
    saveScene: async () => {
      const scene = stage.sandbox()?.scene() ?? null
      if (scene === null) return { ok: false, failure: NO_SANDBOX }
      const bytes = new TextEncoder().encode(`${JSON.stringify(scene, null, 2)}\n`)
      return { ok: true, value: transfers.offer(`${fileName(scene.name)}.scene.json`, bytes) }
    },
    openScene: async ({ upload, name }) => {
      const bytes = transfers.take(upload)
      return bytes.ok ? openBytes(backend, bytes.value, name) : bytes
    },
  }
}

/** A sandbox that is shown gets the other scene, and its old one back by undo; else the scene comes in the host's place. */
async function openBytes(
  backend: SceneBackend,
  bytes: Uint8Array,
  name: string,
): Promise<Outcome<{ readonly notes: readonly string[] }>> {
  if (bytes.length > MOST_BYTES) return { ok: false, failure: tooLong(name) }
  const read = parseAnyScene(new TextDecoder().decode(bytes), name)
  if (!read.ok) return read
  const { scene, ...origin } = read.value
  const { stage, manage } = backend
  const sandbox = stage.sandbox()
  const before = sandbox?.scene() ?? null
  if (sandbox === null || before === null) {
    const shown = await show(backend, scene.name, read.value)
    return shown.ok ? { ok: true, value: { notes: origin.notes } } : shown
  }
  const replaced = replaceScene(sandbox, { scene, origin }, { scene: before, origin: sandbox.origin() })
  if (!replaced.ok) return replaced
  manage.add(replaced.value)
  const shown = await turned(backend)
  return shown.ok ? { ok: true, value: { notes: origin.notes } } : shown
}

/** One scene, and what is to be known of it. */
interface OpenedScene {
  readonly scene: Scene
  readonly origin: SceneOrigin
}

/** Shows a scene in the place of another, with the way back. */
function replaceScene(sandbox: SandboxSource, { scene, origin }: OpenedScene, before: OpenedScene): Outcome<Performed> {
  const shown: Outcome<HostState> = sandbox.replace(scene, origin)
  if (!shown.ok) return shown
  const label = `scene ${scene.name} opened`
  const forth = async (): Promise<Outcome<Performed>> => replaceScene(sandbox, { scene, origin }, before)
  const run = async (): Promise<Outcome<Performed>> => {
    const back = sandbox.replace(before.scene, before.origin)
    return back.ok ? { ok: true, value: { did: `taken back: ${label}`, notes: [], back: { label, run: forth } } } : back
  }
  return { ok: true, value: { did: label, notes: origin.notes, back: { label, run } } }
}

/** What Docker would refuse of a scene is told before anything else changes. */
async function show(
  backend: SceneBackend,
  name: string,
  read: Parameters<typeof createSceneSource>[1],
): Promise<Outcome<Record<string, never>>> {
  const source = createSceneSource(name, read)
  const loaded = await source.load()
  if (!loaded.ok) return loaded
  backend.stage.showSandbox(source)
  return turned(backend)
}

/** Whoever asks next asks about the host that is shown now. */
async function turned({ keeper, manage }: SceneBackend): Promise<Outcome<Record<string, never>>> {
  const read = await keeper.refresh()
  manage.announce()
  return read.ok ? { ok: true, value: {} } : read
}

/** One that cannot be read is left out: opening it by name says why. */
async function summarize(name: string): Promise<SceneSummary | null> {
  const read = await readSceneFile(name)
  return read.ok ? { name, title: titleOf(read.value), description: read.value.description ?? '' } : null
}

/** A scene that is named after a thing in it (a network, a driver, docker0) is written as that is; others are words. */
function titleOf({ name, engine, networks }: Scene): string {
  const { generation } = engine
  const topic = name.replace(/-\d\d$/, '')
  const things = ['docker0', ...networks.flatMap((network) => [network.name, network.driver])]
  const words = topic
    .replaceAll('-', ' ')
    .replace(/\bipv(?=[46]\b)/, 'IPv')
    .replace(/\bdocker\b/, 'Docker')
  const title = things.includes(topic) ? topic : `${words.charAt(0).toUpperCase()}${words.slice(1)}`
  return generation === 28 ? title : `${title} (Docker ${generation === 20 ? '20.10' : generation})`
}

const NO_SANDBOX: Failure = {
  code: 'not-managed',
  message: 'no sandbox is shown, and only a sandbox has a scene',
  hint: 'open a sandbox',
}

const NO_WAY_BACK: Failure = {
  code: 'not-managed',
  message: 'there is no other host to go back to: Hopwire was started with this sandbox',
  hint: 'start it without --sandbox',
}

function noScene(name: string): Failure {
  const message = `there is no scene named ${name}`
  return { code: 'bad-params', message, hint: `one of ${listScenes().join(', ')}`, at: 'scene' }
}

function tooLong(name: string): Failure {
  return { code: 'unreadable-file', message: `${name} is longer than 16 MB`, hint: 'a scene is a short text' }
}
