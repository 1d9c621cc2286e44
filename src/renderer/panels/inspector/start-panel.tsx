import type { ReactNode } from 'react'
import type { HostState } from '../../../core/host/host-state.ts'
import type { Flow } from '../../../core/trace/flow.ts'
import type { SourceStatus } from '../../../protocol/contract.ts'
import { sentence } from '../trace-form/check-form.ts'
import { flowWords, suggestFlows } from './suggest-flows.ts'

export interface StartPanelProps {
  readonly host: HostState | null
  readonly status: SourceStatus | null
  readonly onFlow: (flow: Flow) => void
}

/** What stands here before there is a trace: what to do in one sentence, and flows of this host to try. */
export function StartPanel({ host, status, onFlow }: StartPanelProps): ReactNode {
  if (host === null) {
    return (
      <>
        <h2 className="heading">Start</h2>
        <p>{waitingWords(status)}</p>
      </>
    )
  }
  const suggestions = suggestFlows(host)
  return (
    <>
      <h2 className="heading">Start</h2>
      <p>
        Choose where a packet starts and where it goes, then press Trace: Hopwire shows every hop and rule on its way.
      </p>
      {suggestions.length > 0 && <h2 className="heading">Try one of these</h2>}
      <ul className="suggestions">
        {suggestions.map(({ flow, why }) => (
          <li key={flowWords(flow)}>
            <button type="button" className="suggestion" onClick={() => onFlow(flow)}>
              {flowWords(flow)}
              <small>{why}</small>
            </button>
          </li>
        ))}
      </ul>
      {suggestions.length === 0 && <p>No container is running here yet. Try From “host” to a name or an address.</p>}
    </>
  )
}

function waitingWords(status: SourceStatus | null): string {
  if (status?.phase === 'failed')
    return `The host could not be read. ${sentence(status.problem ?? 'Press Refresh to try again')}`
  return 'Reading the host’s namespaces, routes and rules. The first trace can start when that is done.'
}
