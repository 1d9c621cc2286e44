import type { HostState } from '../../core/host/host-state.ts'
import { ASSUMED } from '../../core/synth/from-api/complete-from-api.ts'
import type { Failure, SourceStatus } from '../../protocol/contract.ts'
import { failureOf, reasonOf, statusOf } from '../docker/engine-error.ts'

/** Returns what is wrong with a state that was read. That the helper cannot be used is; that the user does not want it is not. */
export function explainState({ origin, gaps }: HostState, { helperConsent }: SourceStatus): string | null {
  if (origin !== 'api' || helperConsent?.answer !== 'allowed') return null
  return (
    gaps.find(({ namespace, what }) => namespace === null && (what === 'namespace' || what === ASSUMED))?.why ?? null
  )
}

/** Turns what a call of the engine or the helper threw into a failure. `label` is the engine's address. */
export function explainError(error: unknown, status: SourceStatus, label: string, signal?: AbortSignal): Failure {
  if (signal?.aborted) return { code: 'cancelled', message: 'cancelled' }
  // What ended because the engine went away says so in many ways.
  if (status.lost !== undefined && statusOf(error) === null) {
    return {
      code: 'engine-unreachable',
      message: status.problem ?? reasonOf(error),
      hint: 'start Docker, or restart it where it hangs',
    }
  }
  const isEngines = statusOf(error) !== null || (error as { code?: string }).code !== undefined
  if (isEngines) return failureOf(error, label)
  return { code: 'probe-failed', message: reasonOf(error), hint: 'try again' }
}
