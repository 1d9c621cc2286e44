import type { ReactNode } from 'react'
import { LAB_LABEL } from '../../../core/manage/lab.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { LabList } from './lab-list.tsx'
import { LabRun } from './lab-run.tsx'
import './labs.css'

/** The left panel of the labs: which there are, or the one that is under way. */
export function LabsPanel(): ReactNode {
  const run = useApp(({ labs }) => labs.run)
  return (
    <section aria-label="Labs" className={run === null ? 'labs' : 'labs lab-running'}>
      <Problem />
      {run === null ? (
        <>
          <LeftBehind />
          <LabList />
        </>
      ) : (
        <LabRun key={`${run.summary.id} ${run.ground}`} run={run} />
      )}
    </section>
  )
}

function Problem(): ReactNode {
  const store = useAppStore()
  const problem = useApp(({ labs }) => labs.problem)
  if (problem === null) return null
  return (
    <p className="lab-problem" role="alert">
      {problem}
      <button type="button" className="link" onClick={() => store.getState().dismissLabProblem()}>
        Dismiss
      </button>
    </p>
  )
}

/** A lab on a real engine that was not ended, because Hopwire was, leaves what it made: known by its label. */
function LeftBehind(): ReactNode {
  const store = useAppStore()
  const count = useApp(({ host, status }) =>
    status?.kind !== 'docker' || host === null
      ? 0
      : [...host.containers, ...host.networks].filter(({ labels }) => LAB_LABEL in labels).length,
  )
  const busy = useApp(({ labs }) => labs.busy !== null)
  if (count === 0) return null
  return (
    <p className="lab-problem">
      A lab that was not ended has left {count === 1 ? 'one object' : `${count} objects`} on this engine.
      <button type="button" className="link" disabled={busy} onClick={() => void store.getState().endLab()}>
        Remove
      </button>
    </p>
  )
}
