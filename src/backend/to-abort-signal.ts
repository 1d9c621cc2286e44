import type { CancelSignal } from '../protocol/cancel-signal.ts'

/** Returns the same signal as Node's own kind, for the calls that take it. */
export function toAbortSignal(signal: CancelSignal): AbortSignal {
  const controller = new AbortController()
  if (signal.aborted) controller.abort()
  signal.addEventListener('abort', () => controller.abort())
  return controller.signal
}
