import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from './engine.ts'

/** How long it may owe an answer, in milliseconds. */
const PATIENCE = 5000

/** How long after an answer the engine is asked again, in milliseconds. */
const AGAIN = 1000

/**
 * Settles when the work has, or as soon as the engine leaves a question unanswered for 5 s: what it is to do for the work is
 * then not done soon. `silentFor` milliseconds it has been silent already. Never rejects for the engine's sake.
 */
export async function whileAnswering(
  { host }: Pick<Engine, 'host'>,
  work: Promise<void>,
  silentFor: number,
): Promise<void> {
  if (silentFor >= PATIENCE) return
  let patience = PATIENCE - Math.floor(silentFor)
  const over = new AbortController()
  const silent = async (): Promise<void> => {
    for (;;) {
      const answered = await host.ping(AbortSignal.any([over.signal, AbortSignal.timeout(patience)])).then(
        () => true,
        () => false,
      )
      patience = PATIENCE
      if (!answered || over.signal.aborted) return
      await pause(AGAIN, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  await Promise.race([work, silent()]).finally(() => over.abort())
}
