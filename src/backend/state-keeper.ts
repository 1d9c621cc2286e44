import type { HostState, NameAnswer } from '../core/host/host-state.ts'
import type { Outcome, SourceKind } from '../protocol/contract.ts'
import type { Reading, Source } from './sources/source.ts'

/** A host state with its number; the numbers of one backend only rise. */
export interface NumberedState {
  readonly revision: number
  readonly state: HostState
  /** When its last whole reading began, in milliseconds of the process's own clock: what changes without an event is as old. */
  readonly readAt: number
}

/** Keeps the newest host state of a source. */
export interface StateKeeper {
  current(): NumberedState | null
  /** Waits for the state that is there or on its way; reads one when there is none. */
  ready(): Promise<Outcome<NumberedState>>
  /**
   * Gives a state that was read at most `age` milliseconds ago and has in it all that the source has told of, reading anew
   * when the one there is older or behind: after a change, also the helper's being allowed, youth alone proves nothing.
   */
  freshThan(age: number): Promise<Outcome<NumberedState>>
  /** Reads the host anew and gives a state that was read after this call. Calls in between share one reading. */
  refresh(): Promise<Outcome<NumberedState>>
  /**
   * Gives a state with a resolver's answer in it, and keeps it for later traces unless the host was read again meanwhile.
   */
  addName(held: NumberedState, answer: NameAnswer): HostState
  close(): void
}

/** How long a burst of engine events is gathered before the host is read again, in milliseconds. */
const GATHER = 100

/**
 * Returns a keeper that reads its source's changes when the source says that the host changed. `onState` is called for every
 * new state. A reading that fails keeps the old state: the source's status tells what is wrong.
 */
export function createStateKeeper(source: Source, onState: (revision: number) => void): StateKeeper {
  return new Keeper(source, onState)
}

class Keeper implements StateKeeper {
  readonly #abort = new AbortController()
  readonly #stop: () => void
  #current: NumberedState | null = null
  /** The state as the source gave it: the very same one again is nothing new. */
  #given: HostState | null = null
  #kind: SourceKind | null = null
  #revision = 0
  #running: Promise<Outcome<NumberedState>> | null = null
  #queued: Promise<Outcome<NumberedState>> | null = null
  /** What the queued reading is to read: everything as soon as one of those who wait for it wants that. */
  #wanted: Reading = 'changes'
  #timer: NodeJS.Timeout | null = null
  /** Whether the source has told of a change that no reading has begun for. */
  #behind = false

  constructor(
    private readonly source: Source,
    private readonly onState: (revision: number) => void,
  ) {
    this.#stop = source.onChange((change) => {
      if (change !== 'state') return
      this.#behind = true
      // A sandbox has its new state ready, and whoever changed it means to see that.
      if (source.kind === 'sandbox') void this.refresh()
      else this.#refreshSoon()
    })
  }

  current() {
    return this.#current
  }

  async ready(): Promise<Outcome<NumberedState>> {
    if (this.#current) return { ok: true, value: this.#current }
    return this.#running ?? this.refresh()
  }

  async freshThan(age: number): Promise<Outcome<NumberedState>> {
    const known = await this.ready()
    if (!known.ok) return known
    if (performance.now() - known.value.readAt > age) return this.refresh()
    return this.#behind ? this.#ask('changes') : (this.#running ?? known)
  }

  refresh(): Promise<Outcome<NumberedState>> {
    return this.#ask('whole')
  }

  /** Where the reading that runs ends with an engine that is away, that is the answer: the one after it waits as long again. */
  async #ask(reading: Reading): Promise<Outcome<NumberedState>> {
    const running = this.#running
    const wanted = this.#want(reading)
    const before = await running
    return before?.ok === false && before.failure.code === 'engine-unreachable' ? before : wanted
  }

  #want(reading: Reading): Promise<Outcome<NumberedState>> {
    if (!this.#running) {
      this.#running = this.#read(reading).finally(() => {
        this.#running = null
      })
      return this.#running
    }
    if (reading === 'whole') this.#wanted = 'whole'
    // The reading that runs may have passed what the caller wants to see: one more follows it, for all who ask meanwhile.
    this.#queued ??= this.#running.then(() => {
      const wanted = this.#wanted
      this.#wanted = 'changes'
      this.#queued = null
      return this.#want(wanted)
    })
    return this.#queued
  }

  addName(held: NumberedState, answer: NameAnswer): HostState {
    // Another trace may have added a name to the same reading; its answer is kept, too.
    const isCurrent = this.#current?.revision === held.revision
    const { state } = isCurrent && this.#current ? this.#current : held
    const others = state.names.filter((known) => known.namespace !== answer.namespace || known.name !== answer.name)
    const next = { ...state, names: [...others, answer] }
    if (isCurrent) this.#current = { ...held, state: next }
    return next
  }

  close(): void {
    this.#stop()
    if (this.#timer) clearTimeout(this.#timer)
    this.#abort.abort()
  }

  async #read(reading: Reading): Promise<Outcome<NumberedState>> {
    const begun = performance.now()
    const behind = this.#behind
    this.#behind = false
    const outcome = await loadSafely(this.source, this.#abort.signal, reading)
    if (!outcome.ok) {
      this.#behind ||= behind
      return outcome
    }
    const known = this.#current
    if (reading === 'changes' && known !== null && this.#given === outcome.value) return { ok: true, value: known }
    // Of a source that shows another host than before (a sandbox was left) it is not known how old the rest is.
    const since = known !== null && this.#kind === this.source.kind ? known.readAt : Number.NEGATIVE_INFINITY
    const readAt = reading === 'changes' ? since : begun
    this.#given = outcome.value
    this.#kind = this.source.kind
    this.#revision += 1
    this.#current = { revision: this.#revision, state: outcome.value, readAt }
    this.onState(this.#revision)
    return { ok: true, value: this.#current }
  }

  /** The first event of a burst starts the clock, so that a steady stream of events cannot put the reading off for ever. */
  #refreshSoon(): void {
    if (this.#timer || this.#abort.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#want('changes')
    }, GATHER)
  }
}

/** Reads a source; a source that throws in spite of its promise gives an `internal` failure. */
export async function loadSafely(source: Source, signal?: AbortSignal, reading?: Reading): Promise<Outcome<HostState>> {
  try {
    return await source.load(signal, reading)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, failure: { code: 'internal', message: `the host could not be read: ${message}` } }
  }
}
