import { vi } from 'vitest'

/** Waits until something holds; fails when it has not come to that in ten seconds, which only a fault takes. */
export async function until(condition: () => boolean): Promise<void> {
  const look = (): void => {
    if (!condition()) throw new Error('what was waited for did not happen')
  }
  await vi.waitFor(look, { timeout: 10_000, interval: 1 })
}
