import type { HostState } from '../core/host/host-state.ts'
import type { Failure, Outcome, SourceStatus } from '../protocol/contract.ts'
import { NO_HELPER } from './consent/consent.ts'
import type { HelperAnswer } from './settings/settings.ts'
import type { Reading, Source, SourceChange } from './sources/source.ts'
import { loadSafely } from './state-keeper.ts'
import { NOTHING_TO_LISTEN_TO } from './watch/own-traffic.ts'

/** Waits between two tries to reach the engine while the sample is shown, in milliseconds. */
const RETRY_AFTER = 3000

/** Options for tests: the wait between two tries. */
export interface FallBackOptions {
  readonly retryAfter?: number
}

/**
 * Returns a source that shows the sample as long as the real one has never been read, says why, and keeps trying: when the
 * real one appears, it takes over. Once it has been read it is never exchanged for the sample again: the host of a
 * minute ago is nearer to the truth than another host, and the failure is given as it is.
 */
export function createFallBackSource(real: Source, sample: Source, options: FallBackOptions = {}): Source {
  return new FallBackSource(real, sample, options.retryAfter ?? RETRY_AFTER)
}

class FallBackSource implements Source {
  readonly #handlers = new Set<(change: SourceChange) => void>()
  readonly #stops: readonly (() => void)[]
  #hasRead = false
  #failure: Failure | null = null
  /** A state that a retry has read and nobody has fetched yet. */
  #fresh: Outcome<HostState> | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(
    private readonly real: Source,
    private readonly sample: Source,
    private readonly retryAfter: number,
  ) {
    this.#stops = [real.onChange((change) => this.#onRealChange(change))]
  }

  get kind() {
    return this.#showsSample() ? this.sample.kind : this.real.kind
  }

  status(): SourceStatus {
    const real = this.real.status()
    if (!this.#showsSample()) return real
    // Reading an engine that has appeared takes a while and is worth showing above the sample; each knock at a closed door
    // is not.
    const isReached = real.phase === 'preparing-probe' || real.phase === 'reading'
    const { progress, activity } = isReached ? real : this.sample.status()
    return { ...this.sample.status(), kind: 'sample', progress, activity, problem: describe(this.#failure) }
  }

  async load(signal?: AbortSignal, reading?: Reading): Promise<Outcome<HostState>> {
    const outcome = this.#takeFresh() ?? (await loadSafely(this.real, signal, reading))
    if (outcome.ok) {
      this.#settle()
      return outcome
    }
    if (outcome.failure.code === 'cancelled') return outcome
    this.#failure = outcome.failure
    // One that was lost is tried again by the real source itself, which then says so.
    if (this.real.status().lost === undefined) this.#retryLater()
    this.#emit('status')
    return this.#hasRead ? outcome : this.sample.load(signal)
  }

  resolve(namespaceId: string, name: string, signal?: AbortSignal) {
    return (this.#showsSample() ? this.sample : this.real).resolve(namespaceId, name, signal)
  }

  async listen(...args: Parameters<NonNullable<Source['listen']>>) {
    const source = this.#showsSample() ? this.sample : this.real
    return source.listen?.(...args) ?? NOTHING_TO_LISTEN_TO
  }

  ownTraffic() {
    return this.real.ownTraffic?.() ?? []
  }

  watch(...args: Parameters<Source['watch']>) {
    return (this.#showsSample() ? this.sample : this.real).watch(...args)
  }

  async answerConsent(answer: HelperAnswer) {
    return this.real.answerConsent?.(answer) ?? NO_HELPER
  }

  manager() {
    return this.#showsSample() ? null : (this.real.manager?.() ?? null)
  }

  onChange(handler: (change: SourceChange) => void): () => void {
    const entry = (change: SourceChange) => handler(change)
    this.#handlers.add(entry)
    return () => void this.#handlers.delete(entry)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
    await Promise.all([this.real.close(), this.sample.close()])
  }

  #showsSample(): boolean {
    return !this.#hasRead && this.#failure !== null
  }

  #takeFresh(): Outcome<HostState> | null {
    const fresh = this.#fresh
    this.#fresh = null
    return fresh
  }

  #settle(): void {
    const changed = !this.#hasRead || this.#failure !== null
    this.#hasRead = true
    this.#failure = null
    if (changed) this.#emit('status')
  }

  #retryLater(): void {
    if (this.#closed || this.#timer) return
    this.#timer = setTimeout(() => void this.#retry(), this.retryAfter)
    this.#timer.unref()
  }

  async #retry(): Promise<void> {
    const outcome = await loadSafely(this.real)
    this.#timer = null
    if (this.#closed) return
    if (outcome.ok) {
      this.#fresh = outcome
      return this.#emit('state')
    }
    const isNews = describe(outcome.failure) !== describe(this.#failure)
    this.#failure = outcome.failure
    if (isNews) this.#emit('status')
    this.#retryLater()
  }

  /** A change of a host that is not shown is no change; the retries will find it. */
  #onRealChange(change: SourceChange): void {
    if (change === 'status' || !this.#showsSample()) this.#emit(change)
  }

  #emit(change: SourceChange): void {
    for (const handler of [...this.#handlers]) handler(change)
  }
}

function describe(failure: Failure | null): string | null {
  if (failure === null) return null
  return failure.hint ? `${failure.message}: ${failure.hint}` : failure.message
}
