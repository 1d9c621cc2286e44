import { useState } from 'react'
import type { ReactNode } from 'react'
import type { Gap, HostState } from '../../../core/host/host-state.ts'
import type { Failure, HelperConsent, SourceStatus } from '../../../protocol/contract.ts'
import { HelperNotice } from '../helper-consent/helper-notice.tsx'
import { sentence } from '../trace-form/check-form.ts'
import { WholeWords } from '../whole-words.tsx'
import { LostEngineNotice } from './lost-engine.tsx'
import './notices.css'

export interface NoticesProps {
  readonly status: SourceStatus | null
  readonly host: HostState | null
  /** A failure that belongs to no field of the form. */
  readonly failure: Failure | null
  readonly onDismiss: () => void
  readonly onHelper: () => void
  /** Tries an engine that was lost at once. */
  readonly onTry: () => void
}

/** What one has to know about the whole picture: that it is a sample, that its engine went away, that parts could not be read, that a call failed. */
export function Notices({ status, host, failure, onDismiss, onHelper, onTry }: NoticesProps): ReactNode {
  const consent = status?.helperConsent
  const gaps = host?.gaps.filter((gap) => !(consent !== undefined && isHelperGap(gap, consent))) ?? []
  return (
    <div className="notices">
      {status?.kind === 'sample' && <SampleBanner problem={status.problem} read={host !== null} />}
      {status?.lost !== undefined && (
        <LostEngineNotice lost={status.lost} reason={status.problem} read={host !== null} onTry={onTry} />
      )}
      {consent !== undefined && (
        <HelperNotice consent={consent} host={host} problem={status?.problem ?? null} onHelper={onHelper} />
      )}
      {host !== null && gaps.length > 0 && <GapsNotice gaps={gaps} host={host} />}
      {failure !== null && (
        <div className="notice bad" role="alert">
          <p>
            {sentence(failure.message)} {failure.hint === undefined ? '' : sentence(failure.hint)}
          </p>
          <button type="button" className="link" onClick={onDismiss}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  )
}

/** That the whole host was not read is no news to who has not allowed it. */
function isHelperGap({ namespace, what }: Gap, { answer }: HelperConsent): boolean {
  return answer !== 'allowed' && namespace === null && (what === 'namespace' || what === 'assumed')
}

function SampleBanner({ problem, read }: { readonly problem: string | null; readonly read: boolean }): ReactNode {
  const what = read ? 'this is a captured sample host' : 'and the sample host could not be read'
  return (
    <div className="notice sample" role="note" aria-label="Sample host">
      <p>
        <b>
          No Docker engine could be reached{read ? ': ' : ', '}
          {what}.
        </b>{' '}
        <WholeWords text={sentence(problem ?? 'Start Docker, or name an engine with --docker-host, to see your own')} />
      </p>
    </div>
  )
}

function GapsNotice({ gaps, host }: { readonly gaps: readonly Gap[]; readonly host: HostState }): ReactNode {
  const [open, setOpen] = useState(false)
  const [dismissed, setDismissed] = useState<string | null>(null)
  const all = gaps.map((gap) => `${gap.namespace} ${gap.what}`).join()
  // What was dismissed comes back when it is no longer the same.
  if (dismissed === all) return null
  const count = gaps.length === 1 ? 'One part' : `${gaps.length} parts`
  return (
    <div className="notice" role="note" aria-label="Not read">
      <div>
        <p>
          {count} of this host could not be read. A trace that depends on it says “cannot tell”.{' '}
          <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'}
          </button>
        </p>
        {open && (
          <ul>
            {gaps.map((gap) => (
              <li key={`${gap.namespace} ${gap.what} ${gap.why}`}>
                <b>{gap.what}</b> of {namespaceName(gap.namespace, host)}: {gap.why}
              </li>
            ))}
          </ul>
        )}
      </div>
      <button type="button" className="link" onClick={() => setDismissed(all)}>
        Dismiss
      </button>
    </div>
  )
}

function namespaceName(id: string | null, host: HostState): string {
  if (id === null) return 'the whole host'
  return host.namespaces.find((each) => each.id === id)?.name ?? `namespace ${id}`
}
