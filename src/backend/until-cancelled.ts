import type { Outcome } from '../protocol/contract.ts'

/**
 * Gives what the work gives, or a `cancelled` failure as soon as the signal fires: the work is then left to itself, be it
 * that others wait for it, too, or that what it waits for never comes.
 */
export function untilCancelled<T>(work: Promise<Outcome<T>>, signal?: AbortSignal): Promise<Outcome<T>> {
  if (signal === undefined) return work
  const over = new AbortController()
  const cancelled = new Promise<Outcome<T>>((resolve) => {
    const cancel = (): void => resolve({ ok: false, failure: { code: 'cancelled', message: 'cancelled' } })
    if (signal.aborted) cancel()
    // The signal may be that of a whole program: what listens to it must not stay.
    else signal.addEventListener('abort', cancel, { signal: over.signal })
  })
  return Promise.race([work, cancelled]).finally(() => over.abort())
}
