import type { HostState } from '../../core/host/host-state.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { NO_HELPER } from '../consent/consent.ts'
import type { Manager } from '../manage/manager.ts'
import type { HelperAnswer } from '../settings/settings.ts'
import { NOTHING_TO_LISTEN_TO } from '../watch/own-traffic.ts'
import type { SandboxSource } from './sandbox-source.ts'
import type { Reading, Source, SourceChange } from './source.ts'

/** A source that can show a sandbox in its place. */
export interface StageSource extends Source {
  /**
   * Shows a sandbox from now on, also in the place of another one. What was shown is not closed: whoever has it may show it
   * again.
   */
  showSandbox(source: SandboxSource): void
  /** Shows the host again that is behind; without a sandbox before it nothing happens. */
  leave(): void
  /** Returns the sandbox that is shown, be it in the host's place or the host itself; null where none is. */
  sandbox(): SandboxSource | null
  /** Whether there is another host to go back to. */
  isStaged(): boolean
  manager(): Manager | null
}

/**
 * Returns the stage over a source. What the source behind tells of itself while a sandbox is shown is not heard, and its
 * host is read anew after `leave`.
 */
export function createStageSource(behind: Source): StageSource {
  return new Stage(behind)
}

class Stage implements StageSource {
  readonly #behind: Source
  readonly #handlers = new Set<(change: SourceChange) => void>()
  #shown: SandboxSource | null = null
  #stopBehind: (() => void) | null = null
  #stopShown: () => void = () => undefined
  /** Fires when what is shown is another source than before. */
  #turn = new AbortController()

  constructor(behind: Source) {
    this.#behind = behind
  }

  get kind() {
    return this.#source().kind
  }

  showSandbox(source: SandboxSource): void {
    if (source === this.#shown) return
    this.#stopShown()
    this.#shown = source
    this.#stopShown = source.onChange((change) => this.#emit(change))
    this.#turned()
  }

  leave(): void {
    if (this.#shown === null) return
    this.#stopShown()
    this.#stopShown = () => undefined
    this.#shown = null
    this.#turned()
  }

  sandbox(): SandboxSource | null {
    const source = this.#source()
    return isSandbox(source) ? source : null
  }

  isStaged(): boolean {
    return this.#shown !== null
  }

  status() {
    return this.#source().status()
  }

  /** A reading that is overtaken by another source gives the host of that one, and does not wait for its own end. */
  async load(signal?: AbortSignal, reading?: Reading): Promise<Outcome<HostState>> {
    const turn = this.#turn
    const either = new AbortController()
    const listening = new AbortController()
    const abort = (): void => either.abort()
    const overtaken = new Promise<null>((resolve) => {
      turn.signal.addEventListener('abort', () => resolve(null), { once: true, signal: listening.signal })
    })
    for (const each of [turn.signal, signal]) each?.addEventListener('abort', abort, { signal: listening.signal })
    if (turn.signal.aborted || signal?.aborted) abort()
    // Both signals live longer than any reading: what listens to them must not stay.
    const reads = this.#source().load(either.signal, reading)
    const loaded = await Promise.race([reads, overtaken]).finally(() => listening.abort())
    return loaded === null || turn.signal.aborted ? this.load(signal, reading) : loaded
  }

  resolve(...args: Parameters<Source['resolve']>) {
    return this.#source().resolve(...args)
  }

  watch(...args: Parameters<Source['watch']>) {
    return this.#source().watch(...args)
  }

  async listen(...args: Parameters<NonNullable<Source['listen']>>) {
    return this.#source().listen?.(...args) ?? NOTHING_TO_LISTEN_TO
  }

  ownTraffic() {
    return this.#source().ownTraffic?.() ?? []
  }

  session() {
    return this.#source().session?.() ?? null
  }

  async answerConsent(answer: HelperAnswer) {
    return this.#source().answerConsent?.(answer) ?? NO_HELPER
  }

  manager(): Manager | null {
    return this.#source().manager?.() ?? null
  }

  notes() {
    return this.#source().notes?.() ?? []
  }

  /** The source behind opens its event stream for who listens, so nobody listens to it before somebody listens here. */
  onChange(handler: (change: SourceChange) => void): () => void {
    const entry = (change: SourceChange): void => handler(change)
    this.#handlers.add(entry)
    this.#stopBehind ??= this.#behind.onChange((change) => {
      if (this.#shown === null) this.#emit(change)
    })
    return () => void this.#handlers.delete(entry)
  }

  async close(): Promise<void> {
    this.#stopShown()
    this.#stopBehind?.()
    this.#handlers.clear()
    await Promise.all([this.#shown?.close(), this.#behind.close()])
  }

  #source(): Source {
    return this.#shown ?? this.#behind
  }

  #turned(): void {
    const before = this.#turn
    this.#turn = new AbortController()
    before.abort()
    this.#emit('status')
    this.#emit('state')
  }

  #emit(change: SourceChange): void {
    for (const handler of [...this.#handlers]) handler(change)
  }
}

function isSandbox(source: Source): source is SandboxSource {
  return source.kind === 'sandbox'
}
