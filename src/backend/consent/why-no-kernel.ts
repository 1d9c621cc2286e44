import type { HostState } from '../../core/host/host-state.ts'
import type { Failure, SourceStatus } from '../../protocol/contract.ts'
import { explainConsent } from './consent.ts'

/**
 * Returns why nothing can be sent or watched on a host as it was read; null where it can. What Docker's API tells of
 * namespaces is not enough to enter them, also where a helper may be used by now.
 */
export function whyNoKernel({ origin }: HostState, { kind, helperConsent, problem }: SourceStatus): Failure | null {
  const refusal = explainConsent(helperConsent?.answer ?? 'allowed')
  // Of a host that was saved its source says by itself that nothing lives there; it is read anew by nobody.
  if (refusal !== null || origin !== 'api' || kind !== 'docker') return refusal
  const message = `the host was not read with the privileged helper${problem === null ? '' : `: ${problem}`}`
  return { code: 'probe-failed', message, hint: 'try again: it is read anew' }
}
