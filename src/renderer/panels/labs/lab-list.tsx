import type { ReactNode } from 'react'
import type { LabGround, LabSummary } from '../../../core/manage/lab.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'

/** The labs that there are, each with the places where it can be done. */
export function LabList(): ReactNode {
  const list = useApp(({ labs }) => labs.list)
  const busy = useApp(({ labs }) => labs.busy)
  return (
    <>
      <h2 className="heading">Labs</h2>
      <p className="lab-lead">
        Docker networking, step by step. In the sandbox nothing of yours is touched; on the engine all that a lab makes
        is removed at its end.
      </p>
      {busy !== null && <p role="status">{busy}…</p>}
      {list === null ? (
        <p role="status">Reading the labs…</p>
      ) : (
        <ol className="lab-list">
          {list.map((lab) => (
            <Lab key={lab.id} lab={lab} />
          ))}
        </ol>
      )}
    </>
  )
}

const GROUNDS: readonly { readonly ground: LabGround; readonly label: string }[] = [
  { ground: 'sandbox', label: 'Sandbox' },
  { ground: 'docker', label: 'Docker' },
]

function Lab({ lab }: { readonly lab: LabSummary }): ReactNode {
  const store = useAppStore()
  const busy = useApp(({ labs }) => labs.busy !== null)
  const engine = useApp(({ status }) => status?.kind === 'docker' && status.phase === 'ready')
  const why = (ground: LabGround): string | null => {
    if (!lab.grounds.includes(ground)) return 'This lab changes the host itself: it is done in the sandbox'
    return ground === 'docker' && !engine ? 'No Docker engine is shown' : null
  }
  return (
    <li className="lab-item">
      <h3>
        <span className="lab-number">{lab.number}</span>
        {lab.title}
      </h3>
      <p>{lab.aim}</p>
      <div className="lab-start">
        <span className="lab-minutes">{lab.minutes} min</span>
        {GROUNDS.map(({ ground, label }) => (
          <button
            key={ground}
            type="button"
            className="quiet small"
            aria-label={`Start lab ${lab.number} ${ground === 'sandbox' ? 'in the sandbox' : 'on the Docker engine'}`}
            disabled={busy || why(ground) !== null}
            title={why(ground) ?? (ground === 'sandbox' ? 'On a simulated host' : 'On the engine that is shown')}
            onClick={() => void store.getState().startLab(lab.id, ground)}
          >
            {label}
          </button>
        ))}
      </div>
    </li>
  )
}
