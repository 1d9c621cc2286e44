import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { LostEngine } from '../../../protocol/contract.ts'
import { sentence } from '../trace-form/check-form.ts'
import { WholeWords } from '../whole-words.tsx'

export interface LostEngineProps {
  readonly lost: LostEngine
  readonly reason: string | null
  /** Whether there is a host on show, of before. */
  readonly read: boolean
  readonly onTry: () => void
}

/** That the engine went away, since when, why, and when it is tried again; and a way to try it now. */
export function LostEngineNotice({ lost, reason, read, onTry }: LostEngineProps): ReactNode {
  return (
    <div className="notice bad" role="alert" aria-label="Engine lost">
      <p>
        <b>
          The engine has been away since <time dateTime={lost.since}>{clockTime(lost.since)}</time>.
        </b>{' '}
        {reason !== null && <WholeWords text={sentence(reason)} />}{' '}
        {read && 'The picture shows the host as it was then; it is read anew when the engine is back. '}
        {/* It counts: who listens to the page is told once that it is tried, and not every second. */}
        <span aria-live="off">
          {lost.nextTry === null ? 'Trying…' : <Countdown key={lost.nextTry} moment={lost.nextTry} />}
        </span>
      </p>
      <button type="button" className="link" onClick={onTry} disabled={lost.nextTry === null}>
        Try now
      </button>
    </div>
  )
}

/** The backend's clock may be another machine's: a wait is never shown longer than the longest that there is. */
const LONGEST = 10

/** Counts whole seconds until a moment, down to 1. */
function Countdown({ moment }: { readonly moment: string }): ReactNode {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.ceil((Date.parse(moment) - now) / 1000)
  return `Next try in ${Math.min(LONGEST, Math.max(1, seconds))} s.`
}

/** `14:03:27`, in the zone of whoever looks. */
function clockTime(moment: string): string {
  return new Date(moment).toTimeString().slice(0, 8)
}
