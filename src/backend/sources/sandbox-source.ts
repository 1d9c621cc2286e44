import type { Gap, HostState, NameAnswer } from '../../core/host/host-state.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { Failure, Outcome, SourceStatus } from '../../protocol/contract.ts'
import { makeSceneHost } from './make-scene-host.ts'
import { readAnyScene } from './read-any-scene.ts'
import type { Source, SourceChange } from './source.ts'

/** A source over a simulated host: what Docker would have made of a scene. Nothing alive is behind it. */
export interface SandboxSource extends Source {
  readonly kind: 'sandbox'
  /** Returns the scene that is shown, null as long as none has been read. */
  scene(): Scene | null
  /**
   * Shows another scene, as after an edit. One that Docker would refuse is not shown, and the failure has Docker's own
   * words.
   */
  replace(scene: Scene): Outcome<HostState>
  /** What was assumed and left out of the file that the scene was made of, one line each; a scene's own file has none. */
  notes(): readonly string[]
}

/** Returns the source over a scene: see readAnyScene for what can be named. It is read at the first load. */
export function createSandboxSource(fileOrName: string): SandboxSource {
  return new SceneSource(fileOrName)
}

class SceneSource implements SandboxSource {
  readonly kind = 'sandbox'
  readonly #handlers = new Set<(change: SourceChange) => void>()
  readonly #fileOrName: string
  #status: SourceStatus
  #scene: Scene | null = null
  #state: HostState | null = null
  #gaps: readonly Gap[] = []
  #notes: readonly string[] = []

  constructor(fileOrName: string) {
    this.#fileOrName = fileOrName
    const label = `sandbox ${fileOrName}`
    this.#status = { kind: 'sandbox', phase: 'connecting', label, progress: null, activity: null, problem: null }
  }

  status(): SourceStatus {
    return this.#status
  }

  scene(): Scene | null {
    return this.#scene
  }

  notes(): readonly string[] {
    return this.#notes
  }

  async load(): Promise<Outcome<HostState>> {
    if (this.#state !== null) return { ok: true, value: this.#state }
    const read = await readAnyScene(this.#fileOrName)
    if (read.ok) [this.#gaps, this.#notes] = [read.value.gaps, read.value.notes]
    const made = read.ok ? this.#show(read.value.scene) : read
    this.#become(made.ok ? { phase: 'ready', problem: null } : { phase: 'failed', problem: made.failure.message })
    return made
  }

  replace(scene: Scene): Outcome<HostState> {
    const made = this.#show(scene)
    if (!made.ok) return made
    this.#become({ phase: 'ready', problem: null })
    this.#emit('state')
    return made
  }

  #show(scene: Scene): Outcome<HostState> {
    const made = makeSceneHost(scene, this.#fileOrName)
    if (!made.ok) return made
    this.#scene = scene
    const there = new Set<string | null>([null, ...made.value.namespaces.map(({ id }) => id)])
    const gaps = this.#gaps.filter(({ namespace }) => there.has(namespace))
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
