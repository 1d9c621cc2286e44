import type { Failure } from '../../../protocol/contract.ts'
import { reasonOf, statusOf } from '../../docker/engine-error.ts'

/** Returns the failure of a log or a terminal that could not be opened, in the engine's own words where it answered. */
export function consoleFailure(error: unknown, what: string): Failure {
  const reason = reasonOf(error)
  if (statusOf(error) === null)
    return {
      code: 'engine-unreachable',
      message: `${what}: ${reason}`,
      hint: 'start Docker, or restart it where it hangs, then try again',
    }
  return { code: 'engine-refused', message: `${what}: ${reason}` }
}
