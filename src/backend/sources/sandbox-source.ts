import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Failure, Outcome, SourceStatus } from '../../protocol/contract.ts'
import { makeSceneHost } from './make-scene-host.ts'
import type { Manager } from '../manage/manager.ts'
import { createSandboxManager } from '../manage/sandbox/sandbox-manager.ts'
import { type ReadScene, readAnyScene } from './read-any-scene.ts'
import type { Source, SourceChange } from './source.ts'

/** A source over a simulated host: what Docker would have made of a scene. Nothing alive is behind it. */
export interface SandboxSource extends Source {
  readonly kind: 'sandbox'
  /** Returns the scene that is shown, null as long as none has been read. */
  scene(): Scene | null
  /**
   * Shows another scene, as after an edit; `origin` is what is to be known of it where it comes from elsewhere. One that
   * Docker would refuse is not shown, and the failure has Docker's own words.
   */
  replace(scene: Scene, origin?: SceneOrigin): Outcome<HostState>
  /** Returns what is to be known of the scene that is shown. */
  origin(): SceneOrigin
  manager(): Manager
  /** What was assumed and left out of the file that the scene was made of, one line each; a scene's own file has none. */
  notes(): readonly string[]
}

/** What is to be known of where a scene comes from. */
export type SceneOrigin = Pick<ReadScene, 'gaps' | 'notes'>

/** Returns the source over a scene: see readAnyScene for what can be named. It is read at the first load. */
export function createSandboxSource(fileOrName: string): SandboxSource {
  return new SceneSource(fileOrName, () => readAnyScene(fileOrName))
}

/** Returns the source over a scene that was read already; `name` is for its label and for messages. */
export function createSceneSource(name: string, read: ReadScene): SandboxSource {
  return new SceneSource(name, async () => ({ ok: true, value: read }))
}

class SceneSource implements SandboxSource {
  readonly kind = 'sandbox'
  readonly #handlers = new Set<(change: SourceChange) => void>()
  readonly #name: string
  readonly #read: () => Promise<Outcome<ReadScene>>
  readonly #manager = createSandboxManager(this)
  #status: SourceStatus
  #scene: Scene | null = null
  #state: HostState | null = null
  #origin: SceneOrigin = { gaps: [], notes: [] }

  constructor(name: string, read: () => Promise<Outcome<ReadScene>>) {
    this.#name = name
    this.#read = read
    const label = `sandbox ${name}`
    this.#status = { kind: 'sandbox', phase: 'connecting', label, progress: null, activity: null, problem: null }
  }

  status(): SourceStatus {
    return this.#status
  }

  scene(): Scene | null {
    return this.#scene
  }

  notes(): readonly string[] {
    return this.#origin.notes
  }

  origin(): SceneOrigin {
    return this.#origin
  }

  manager(): Manager {
    return this.#manager
  }

  async load(): Promise<Outcome<HostState>> {
    if (this.#state !== null) return { ok: true, value: this.#state }
    const read = await this.#read()
    const made = read.ok ? this.#show(read.value.scene, read.value) : read
    this.#become(made.ok ? { phase: 'ready', problem: null } : { phase: 'failed', problem: made.failure.message })
    return made
  }

  replace(scene: Scene, origin?: SceneOrigin): Outcome<HostState> {
    const made = this.#show(scene, origin ?? this.#origin)
    if (!made.ok) return made
    this.#become({ phase: 'ready', problem: null, ...(origin === undefined ? {} : { label: `sandbox ${scene.name}` }) })
    this.#emit('state')
    return made
  }

  #show(scene: Scene, origin: SceneOrigin): Outcome<HostState> {
    const made = makeSceneHost(scene, this.#name)
    if (!made.ok) return made
    this.#scene = scene
    this.#origin = { gaps: origin.gaps, notes: origin.notes }
    const there = new Set<string | null>([null, ...made.value.namespaces.map(({ id }) => id)])
    const gaps = origin.gaps.filter(({ namespace }) => there.has(namespace))
    const state = { ...made.value, gaps: [...made.value.gaps, ...gaps] }
    this.#state = state
    return { ok: true, value: state }
  }

  /** Whatever the scene does not name does not exist in the world outside. */
  async resolve(namespaceId: string, name: string): Promise<Outcome<NameAnswer>> {
    const loaded = await this.load()
    if (!loaded.ok) return loaded
    const wanted = name.toLowerCase().replace(/\.$/, '')
    const own = loaded.value.names.filter(({ namespace }) => namespace === namespaceId)
    const answer = own.find((one) => one.name.toLowerCase() === wanted)
    if (answer !== undefined) return { ok: true, value: answer }
    const like = own[0]
    if (like === undefined) return { ok: false, failure: unknownName(name) }
    const status = like.status === 'NOERROR' ? 'NXDOMAIN' : like.status
    return { ok: true, value: { ...like, name, status, addresses: [] } }
  }

  async watch(): ReturnType<Source['watch']> {
    const message = 'nothing can be sent in a sandbox: it has no kernel'
    return { ok: false, failure: { code: 'probe-failed', message, hint: 'a live trace needs a Docker engine' } }
  }

  onChange(handler: (change: SourceChange) => void): () => void {
    this.#handlers.add(handler)
    return () => void this.#handlers.delete(handler)
  }

  async close(): Promise<void> {
    this.#handlers.clear()
  }

  #become(change: Partial<SourceStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#emit('status')
  }

  #emit(change: SourceChange): void {
    for (const handler of [...this.#handlers]) handler(change)
  }
}

function unknownName(name: string): Failure {
  const message = `the scene has no names outside, so ${name} means nothing`
  return { code: 'unknown-name', message, hint: 'add it to "names" of the scene, or give an IP address' }
}
