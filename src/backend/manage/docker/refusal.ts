import type { Failure, Outcome } from '../../../protocol/contract.ts'
import { failureOf, reasonOf, statusOf } from '../../docker/engine-error.ts'

/** Thrown within the manager where it refuses by itself, or where the user has cancelled. */
export class Refusal extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Returns the refusal of something that the engine would not even be asked for. */
export function refusal(message: string, at?: string): Refusal {
  return new Refusal({ code: 'engine-refused', message, ...(at === undefined ? {} : { at }) })
}

/** Throws where the user has cancelled. */
export function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Refusal({ code: 'cancelled', message: 'cancelled' })
}

/**
 * Runs what throws the engine's errors, and gives them as failures: `engine-refused` with the engine's own words where it
 * answered, else why it could not. `fieldOf` tells which field the words are about.
 */
export async function attempt<T>(
  label: string,
  run: () => Promise<T>,
  fieldOf: (message: string) => string | null = () => null,
  signal?: AbortSignal,
): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, failure: error.failure }
    // What the engine said is told all the same: then something could not be taken back.
    if (signal?.aborted && statusOf(error) === null)
      return { ok: false, failure: { code: 'cancelled', message: 'cancelled' } }
    return { ok: false, failure: refusedBy(error, label, fieldOf) }
  }
}

/** Docker answers 403 where it does not do such a thing at all, too: it is then not about who asks. */
function refusedBy(error: unknown, label: string, fieldOf: (message: string) => string | null): Failure {
  if (statusOf(error) === null) {
    if ((error as { readonly code?: string }).code === undefined) throw error
    return failureOf(error, label)
  }
  const message = reasonOf(error)
  const at = fieldOf(message)
  return { code: 'engine-refused', message, ...(at === null ? {} : { at }) }
}
