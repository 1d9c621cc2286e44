import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Outcome } from '../../protocol/contract.ts'
import type { Engine } from './engine.ts'
import { EngineGone, failureOf, NoAnswer } from './engine-error.ts'
import { type EngineEvent, readEvents } from './event-stream.ts'
import { inTime } from './in-time.ts'
import { whileAnswering } from './while-answering.ts'

/** An engine that was there and cannot be reached; `reason` is a sentence that says so. Times are those of this machine's clock, ISO 8601. */
export interface Loss {
  readonly since: string
  readonly reason: string
  /** When it is tried again; null while it is. */
  readonly nextTry: string | null
}

/** What the link tells. */
export interface LinkNews {
  /** An engine was reached; `missed` when it was before, and what happened since is not known. */
  onReached(engine: Engine, missed: boolean): void
  onEvent(event: EngineEvent): void
  /** It was lost, or a try has begun or failed. */
  onLost(loss: Loss): void
}

/** How long it waits, in milliseconds; tests have less patience. */
export interface LinkTimes {
  readonly firstDelay: number
  readonly longestDelay: number
  readonly beat: number
  /** An engine that does not answer within this time is lost. */
  readonly patience: number
}

const usualTimes: LinkTimes = { firstDelay: 250, longestDelay: 10_000, beat: 10_000, patience: 10_000 }

/**
 * The connection to one engine: reached when it is first wanted, and from `follow` on kept: its events are handed on, it is
 * asked now and then whether it is still there, and one that is lost is tried again, after a delay that doubles up to 10 s.
 * No timer keeps the process alive.
 */
export class EngineLink {
  readonly #reach: () => Promise<Outcome<Engine>>
  readonly #news: LinkNews
  readonly #times: LinkTimes
  #engine: Engine | null = null
  #reaching: Promise<Outcome<Engine>> | null = null
  #stream: Readable | null = null
  #follows = false
  #closed = false
  #loss: Omit<Loss, 'nextTry'> | null = null
  #delay: number
  #retry: NodeJS.Timeout | undefined
  #beat: NodeJS.Timeout | undefined
  /** What ends each piece of work that is under way when the engine is lost: there may be more than listen to one signal. */
  readonly #underWay = new Set<(why: EngineGone) => void>()
  #why = new EngineGone('the engine was not reached yet')
  /** When it was asked what it has not answered yet, in milliseconds of the process's own clock. */
  #askedAt: number | null = null

  constructor(reach: () => Promise<Outcome<Engine>>, news: LinkNews, times: Partial<LinkTimes> = {}) {
    this.#reach = reach
    this.#news = news
    this.#times = { ...usualTimes, ...times }
    this.#delay = this.#times.firstDelay
  }

  /** The engine as long as it is thought to be there. */
  engine(): Engine | null {
    return this.#engine
  }

  isLost(): boolean {
    return this.#loss !== null
  }

  /** Gives the engine; one that was lost is tried at once, whenever the next try is due. Who follows hears its events from then on. */
  async connect(): Promise<Outcome<Engine>> {
    if (this.#engine !== null && (this.#stream !== null || !this.#follows)) return { ok: true, value: this.#engine }
    this.#reaching ??= this.#try().finally(() => (this.#reaching = null))
    return this.#reaching
  }

  /** From now on events are handed on, and a lost engine is tried again. */
  follow(): void {
    if (this.#follows) return
    this.#follows = true
    const under = this.#reaching?.then(() => undefined) ?? Promise.resolve()
    if (this.#engine !== null || this.#reaching !== null) void under.then(() => this.connect())
  }

  /**
   * Does work with the engine and asks it meanwhile, again and again, whether it is there: an engine that hangs takes every
   * call and ends none. Rejects with `EngineGone` as soon as it is lost, whoever notices. The work's signal fires then, too,
   * and when the caller's does: what it still reads is not to be kept. Work whose caller's signal has fired may have something
   * to tell or to take back, and is waited for as long as the engine answers; a `hasty` caller takes half the usual time
   * without an answer for none.
   */
  async during<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal, hasty = false): Promise<T> {
    const engine = this.#engine
    if (engine === null) throw this.#why
    const stop = new AbortController()
    const over = new AbortController()
    let lose: (why: EngineGone) => void = () => undefined
    const lost = new Promise<never>((_, reject) => (lose = reject))
    lost.catch((why: unknown) => stop.abort(why))
    this.#underWay.add(lose)
    if (signal?.aborted) stop.abort(signal.reason)
    void this.#askUntil(over.signal)
    const working = work(stop.signal)
    const settled = working.then(nothing, nothing)
    const cancel = async (): Promise<void> => {
      stop.abort(signal?.reason)
      if (!hasty) return
      await whileAnswering(engine, settled, this.silentFor(), this.#times.patience / 2)
      lose(new EngineGone('cancelled'))
    }
    if (signal?.aborted) void cancel()
    else signal?.addEventListener('abort', () => void cancel(), { signal: over.signal })
    return Promise.race([working, lost]).finally(() => {
      over.abort()
      this.#underWay.delete(lose)
    })
  }

  /** How long the engine has owed an answer, in milliseconds. */
  silentFor(): number {
    return this.#askedAt === null ? 0 : performance.now() - this.#askedAt
  }

  /** Tells that a call did not reach the engine. */
  lose(reason: string): void {
    if (this.#closed || this.#loss !== null) return
    this.#hangUp(reason)
    // Who reads once has nobody who waits for an engine to come back.
    if (!this.#follows) return
    this.#loss = { since: new Date().toISOString(), reason }
    this.#delay = this.#times.firstDelay
    this.#tryLater()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#hangUp('the source was closed')
  }

  async #try(): Promise<Outcome<Engine>> {
    clearTimeout(this.#retry)
    if (this.#loss !== null) this.#news.onLost({ ...this.#loss, nextTry: null })
    const missed = this.#loss !== null || this.#engine !== null
    const reached = await this.#open()
    if (this.#closed) return reached.ok ? closedMeanwhile : reached
    if (reached.ok) {
      this.#loss = null
      this.#news.onReached(reached.value, missed)
    } else if (this.#loss !== null) {
      this.#loss = { ...this.#loss, reason: reached.failure.message }
      this.#tryLater()
    }
    return reached
  }

  async #open(): Promise<Outcome<Engine>> {
    const reached = this.#engine === null ? await this.#reach() : ({ ok: true, value: this.#engine } as const)
    if (!reached.ok || this.#closed) return reached
    this.#engine = reached.value
    if (!this.#follows) return reached
    try {
      this.#listen(await inTime(reached.value.host.events(), this.#times.patience))
      return reached
    } catch (error) {
      const failure = failureOf(error, reached.value.endpoint.label)
      this.#hangUp(failure.message)
      return { ok: false, failure }
    }
  }

  #listen(stream: Readable): void {
    if (this.#closed) return void stream.destroy()
    this.#stream = stream
    readEvents(
      stream,
      (event) => {
        if (this.#stream === stream) this.#news.onEvent(event)
      },
      () => {
        const label = this.#engine?.endpoint.label ?? ''
        if (this.#stream === stream) this.lose(`the Docker engine at ${label} has closed the connection`)
      },
    )
    this.#keepAsking()
  }

  /**
   * A socket that was removed leaves its connections open, and one of a machine that sleeps stays half-open for ever: the
   * event stream alone would say nothing.
   */
  #keepAsking(): void {
    clearInterval(this.#beat)
    let last = Date.now()
    this.#beat = setInterval(() => {
      const late = Date.now() - last > 2 * this.#times.beat + this.#times.patience
      last = Date.now()
      // While this machine slept, its own clock alone went on.
      if (late) return this.lose('this machine was asleep')
      if (this.#engine !== null) void this.#ask(this.#engine)
    }, this.#times.beat)
    this.#beat.unref()
  }

  async #askUntil(over: AbortSignal): Promise<void> {
    for (let engine = this.#engine; engine !== null && !over.aborted; engine = this.#engine) {
      await this.#ask(engine, over)
      await pause(this.#times.patience / 5, undefined, { signal: over, ref: false }).catch(() => undefined)
    }
  }

  /** Asks whether it is there; one that does not say so in time is lost. */
  async #ask(engine: Engine, over?: AbortSignal): Promise<void> {
    const late = AbortSignal.timeout(this.#times.patience)
    this.#askedAt ??= performance.now()
    try {
      await engine.host.ping(over === undefined ? late : AbortSignal.any([late, over]))
      this.#askedAt = null
    } catch (error) {
      const why = late.aborted ? new NoAnswer(this.#times.patience) : error
      if (over?.aborted) this.#askedAt = null
      else if (this.#engine === engine) this.lose(failureOf(why, engine.endpoint.label).message)
    }
  }

  #tryLater(): void {
    if (this.#closed || this.#loss === null) return
    const nextTry = new Date(Date.now() + this.#delay).toISOString()
    this.#retry = setTimeout(() => void this.connect(), this.#delay)
    this.#retry.unref()
    this.#delay = Math.min(this.#delay * 2, this.#times.longestDelay)
    this.#news.onLost({ ...this.#loss, nextTry })
  }

  #hangUp(reason: string): void {
    clearInterval(this.#beat)
    this.#askedAt = null
    const stream = this.#stream
    this.#stream = null
    this.#engine = null
    stream?.destroy()
    this.#why = new EngineGone(reason)
    for (const lose of this.#underWay) lose(this.#why)
  }
}

const nothing = (): void => undefined

const closedMeanwhile: Outcome<never> = { ok: false, failure: { code: 'cancelled', message: 'the source was closed' } }
