import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from './engine.ts'

/** How long it may usually owe an answer, in milliseconds. */
const PATIENCE = 5000

/** How long after an answer the engine is asked again, in milliseconds. */
const AGAIN = 1000

/**
 * Settles when the work has, or as soon as the engine leaves a question unanswered for `longest` milliseconds: what it is to
 * do for the work is then not done soon. `silentFor` milliseconds it has been silent already. Never rejects for the engine's
 * sake.
 */
export async function whileAnswering(
  { host }: Pick<Engine, 'host'>,
  work: Promise<void>,
  silentFor: number,
  longest = PATIENCE,
): Promise<void> {
  if (silentFor >= longest) return
  let patience = Math.ceil(longest - silentFor)
  const over = new AbortController()
  const silent = async (): Promise<void> => {
    for (;;) {
      const answered = await host.ping(AbortSignal.any([over.signal, AbortSignal.timeout(patience)])).then(
        () => true,
        () => false,
      )
      patience = longest
      if (!answered || over.signal.aborted) return
      await pause(AGAIN, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  await Promise.race([work, silent()]).finally(() => over.abort())
}
