import type { LogLine } from '../../protocol/manage-methods.ts'

/** Most lines of one log that are kept; older ones go. */
export const MOST_KEPT = 20_000

/** What a log shows: its last lines, and how many were before them. The same object until something comes. */
export interface LogContent {
  readonly lines: readonly LogLine[]
  /** The number of the first of them, from 0. */
  readonly first: number
}

const EMPTY: LogContent = { lines: [], first: 0 }

/** The lines of one log, apart from the store: they are too many to be copied with each change of it. */
export class LogKeeper {
  #content = EMPTY
  readonly #listeners = new Set<() => void>()

  readonly content = (): LogContent => this.#content

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  add(more: readonly LogLine[]): void {
    const { lines, first } = this.#content
    const all = [...lines, ...more]
    const over = Math.max(0, all.length - MOST_KEPT)
    this.#show({ lines: over === 0 ? all : all.slice(over), first: first + over })
  }

  clear(): void {
    this.#show(EMPTY)
  }

  #show(content: LogContent): void {
    this.#content = content
    for (const listener of [...this.#listeners]) listener()
  }
}
