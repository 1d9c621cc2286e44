import { type Concern, Concerns } from './concern.ts'

/** Milliseconds for which events are gathered, and from the last of them until what they concern is looked at again. */
const GATHER = 1000
const AFTER = 3000

/**
 * Gives what events concerned once more a little later: they come before all is done. A server does not listen yet, an
 * address is still checked for duplicates, for one to two seconds (linux: addrconf_dad_start), and a bridge learns late that
 * it lost its last port (linkwatch); no event tells the end of any of it. No timer keeps the process alive.
 */
export class SecondLook {
  readonly #onDue: (concern: Concern | null) => void
  readonly #timers = new Set<NodeJS.Timeout>()
  #gathering: Concerns | null = null

  constructor(onDue: (concern: Concern | null) => void) {
    this.#onDue = onDue
  }

  note(concern: Concern | null): void {
    this.#gathering ??= this.#begin()
    this.#gathering.add(concern)
  }

  /** What was noted is looked at no more. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#gathering = null
  }

  #begin(): Concerns {
    const gathered = new Concerns()
    gathered.take()
    this.#after(GATHER, () => (this.#gathering = null))
    this.#after(GATHER + AFTER, () => this.#onDue(gathered.take()))
    return gathered
  }

  #after(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, milliseconds)
    timer.unref()
    this.#timers.add(timer)
  }
}
