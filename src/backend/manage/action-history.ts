import type { Undo } from './manager.ts'

/** Most steps that can be taken back. */
const MOST = 100

/** What was done and can be taken back, newest last; and what was taken back and can be done again. */
export class ActionHistory {
  #back: readonly Undo[] = []
  #forth: readonly Undo[] = []

  /** Something new was done: what had been taken back before cannot be done again after it. */
  add(back: Undo | null): void {
    this.#forth = []
    // What has no way back is a wall: steps before it may not fit the host any more.
    this.#back = back === null ? [] : [...this.#back, back].slice(-MOST)
  }

  next(way: 'undo' | 'redo'): Undo | null {
    return (way === 'undo' ? this.#back : this.#forth).at(-1) ?? null
  }

  /** The newest step of one way was taken; `counter` is its way back. */
  moved(way: 'undo' | 'redo', counter: Undo | null): void {
    const from = way === 'undo' ? this.#back : this.#forth
    const to = way === 'undo' ? this.#forth : this.#back
    const left = from.slice(0, -1)
    const more = counter === null ? [] : [...to, counter]
    if (way === 'undo') [this.#back, this.#forth] = [left, more]
    else [this.#back, this.#forth] = [more, left]
  }

  labels(): { readonly undo: string | null; readonly redo: string | null } {
    return { undo: this.next('undo')?.label ?? null, redo: this.next('redo')?.label ?? null }
  }
}
