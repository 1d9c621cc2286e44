import type { ReactNode } from 'react'
import type { HostState } from '../../../core/host/host-state.ts'
import type { HelperConsent } from '../../../protocol/contract.ts'
import { sentence } from '../trace-form/check-form.ts'

export interface HelperNoticeProps {
  readonly consent: HelperConsent
  readonly host: HostState | null
  /** What the status says is wrong. */
  readonly problem: string | null
  readonly onHelper: () => void
}

/** Says that the picture rests on Docker's API alone, and where to change that; and what became of an answer. */
export function HelperNotice({ consent, host, problem, onHelper }: HelperNoticeProps): ReactNode {
  const why = host?.origin === 'api' ? wordWhy(consent.answer, problem) : null
  if (why === null && consent.note === null) return null
  return (
    <div className="notice" role="note" aria-label="Privileged helper">
      <p>
        {why !== null && (
          <>
            <b>This is what Docker’s API tells.</b> {why}{' '}
            {host?.namespaces.some(({ rulesets }) => rulesets.iptables !== null) === true
              ? 'Rules and routes are those that Docker would write.'
              : 'Rules and routes are not known.'}
          </>
        )}{' '}
        {consent.note !== null && sentence(consent.note)}
      </p>
      <button type="button" className="link" onClick={onHelper}>
        {consent.answer === 'pending' ? 'Answer' : 'Change'}
      </button>
    </div>
  )
}

/** Until the host has been read with a helper that was just allowed, the picture is still the API's. */
function wordWhy(answer: HelperConsent['answer'], problem: string | null): string | null {
  switch (answer) {
    case 'pending':
      return 'Hopwire has not been allowed to use its privileged helper yet.'
    case 'refused':
      return 'The privileged helper was refused.'
    case 'allowed':
      // With a problem it is the engine that did not want it, which the status says.
      return problem === null ? 'The privileged helper has been allowed, and the host is being read with it.' : null
    default:
      return answer satisfies never
  }
}
