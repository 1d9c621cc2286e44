import type { Outcome } from '../../protocol/contract.ts'
import { type Consent, type ConsentGiver, explainConsent } from '../consent/consent.ts'
import type { Engine } from '../docker/engine.ts'
import { failureOf, reasonOf, statusOf } from '../docker/engine-error.ts'
import type { HelperAnswer } from '../settings/settings.ts'
import { createResolver, type Resolver } from '../sources/resolver.ts'
import { openProbe, type Probe } from './probe.ts'
import type { ProgressHandler } from './probe-image.ts'

/** A helper that runs, and who asks name servers through it. */
export interface OpenHelper {
  readonly probe: Probe
  readonly resolver: Resolver
}

/** What the keeper tells while it works. */
export interface ProbeNews {
  /** A helper is about to be prepared. */
  readonly onPrepare: () => void
  readonly onProgress: ProgressHandler
  readonly onConsent: (consent: Consent) => void
}

/** The helper of one source: started when it is first wanted and allowed, shared by all, and gone with the source. */
export class ProbeKeeper {
  readonly #giver: ConsentGiver
  readonly #news: ProbeNews
  #asking: Promise<Consent> | null = null
  #opening: Promise<OpenHelper> | null = null
  #closed = false

  constructor(giver: ConsentGiver, news: ProbeNews) {
    this.#giver = giver
    this.#news = news
  }

  /** Gives the helper, or why there is none. Rejects when the engine itself has gone, which is not the helper's fault. */
  async open(engine: Engine): Promise<Outcome<OpenHelper>> {
    const { answer } = await this.#consent(engine)
    // A helper that is started now would have nobody to remove it.
    if (this.#closed) return { ok: false, failure: { code: 'cancelled', message: 'the source was closed' } }
    const refusal = explainConsent(answer)
    if (refusal !== null) return { ok: false, failure: refusal }
    try {
      return { ok: true, value: await this.#start(engine) }
    } catch (error) {
      if (statusOf(error) === null && (error as { code?: string }).code !== undefined) throw error
      if (statusOf(error) === 403) return { ok: false, failure: failureOf(error, engine.endpoint.label) }
      const message = `the privileged helper could not be started: ${reasonOf(error)}`
      return {
        ok: false,
        failure: { code: 'probe-failed', message, hint: 'Hopwire reads rules and routes through it' },
      }
    }
  }

  /** Takes the user's answer. A helper that runs is removed when it is refused. */
  async answer(engine: Engine, answer: HelperAnswer): Promise<void> {
    const asking = engine.name().then((name) => this.#giver.answer(name, answer))
    this.#asking = asking
    asking.catch(() => {
      if (this.#asking === asking) this.#asking = null
    })
    this.#news.onConsent(await asking)
    if (answer === 'refused') await this.#remove()
  }

  /** The engine has gone, or somebody has removed the helper: the next one who wants it gets another. */
  forget(): void {
    void this.#remove()
  }

  /** The engine has gone, and the one that comes back may be another: it is asked anew what was said about its helper. */
  startOver(): void {
    this.#asking = null
    this.forget()
  }

  /** Ends and removes the helper, also one that is on its way; there will be no other. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#remove()
  }

  async #remove(): Promise<void> {
    const opening = this.#opening
    this.#opening = null
    const helper = await opening?.catch(() => null)
    // An engine that has gone has taken the helper with it.
    await helper?.probe.close().catch(() => undefined)
  }

  /** Loads that run at the same time share one question. */
  #consent(engine: Engine): Promise<Consent> {
    if (this.#asking === null) {
      const asking = engine.name().then((name) => this.#giver.decide(name))
      this.#asking = asking
      asking.then(this.#news.onConsent, () => {
        if (this.#asking === asking) this.#asking = null
      })
    }
    return this.#asking
  }

  /** ... and one helper. */
  #start(engine: Engine): Promise<OpenHelper> {
    if (this.#opening === null) {
      this.#news.onPrepare()
      const opening = openProbe(engine, this.#news.onProgress).then((probe) => ({
        probe,
        resolver: createResolver(probe),
      }))
      this.#opening = opening
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = null
      })
    }
    return this.#opening
  }
}
