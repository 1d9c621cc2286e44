/**
 * What the protocol needs of an AbortSignal. Declared here because this folder compiles without Node and the DOM; every
 * real AbortSignal fits it.
 */
export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The other half: fires its signal once. */
export interface Canceller {
  readonly signal: CancelSignal
  cancel(): void
}

/** Returns a canceller whose signal has not fired. Listeners run in the order in which they were added. */
export function createCanceller(): Canceller {
  let aborted = false
  const listeners = new Set<() => void>()
  return {
    signal: {
      get aborted() {
        return aborted
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    cancel() {
      if (aborted) return
      aborted = true
      for (const listener of [...listeners]) listener()
      listeners.clear()
    },
  }
}
