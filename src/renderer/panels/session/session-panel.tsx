import type { ReactNode } from 'react'
import type { SessionItem } from '../../../protocol/contract.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { Problem, TransferBar } from '../capture/transfer-bar.tsx'
import { byteWords } from '../watch/format-counts.ts'
import './session.css'

/** What a session holds: every report that was made, to be shown again or saved as one file. */
export function SessionPanel(): ReactNode {
  const store = useAppStore()
  const items = useApp((state) => state.watch.session)
  const live = useApp((state) => state.live !== null && state.status?.kind === 'docker')
  const busy = useApp((state) => state.watch.transfer !== null)
  const actions = store.getState()
  return (
    <section className="session" aria-label="Session">
      <h2 className="heading">Session</h2>
      <p>
        Host, reports and packets in one file. <span className="mono">hopwire serve --snapshot FILE</span> shows it
        again on any machine, without Docker.
      </p>
      {items?.length === 0 && <p>Nothing has been traced or watched yet. What is, is listed here.</p>}
      <ul className="session-items">
        {items?.map((item) => (
          <li key={item.index}>
            <button
              type="button"
              className="suggestion"
              disabled={busy}
              onClick={() => void actions.openSessionItem(item.index)}
            >
              {item.label}
              <small>{itemWords(item)}</small>
            </button>
          </li>
        ))}
      </ul>
      <div className="actions">
        <button type="button" className="quiet" disabled={busy} onClick={() => void actions.saveSession()}>
          Save the session…
        </button>
      </div>
      {live && (
        <div className="actions">
          <button type="button" className="quiet" disabled={busy} onClick={() => void actions.exportLive()}>
            Save the live trace’s packets…
          </button>
        </div>
      )}
      <TransferBar />
      <Problem />
    </section>
  )
}

const KINDS = { predicted: 'prediction', live: 'live trace', watch: 'watch' } as const

/** Returns what a thing of a session is: `live trace, 14:03:07, 12 kB of packets`. */
export function itemWords({ kind, at, captureBytes }: SessionItem): string {
  const time = at.slice(0, 19).replace('T', ' ')
  return [KINDS[kind], `${time} UTC`, captureBytes === null ? '' : `${byteWords(captureBytes)} of packets`]
    .filter(Boolean)
    .join(', ')
}
