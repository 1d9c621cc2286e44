import type { ReactNode } from 'react'
import { useApp, useAppStore } from '../../store/hooks.ts'

/** A file on its way in or out. */
export function TransferBar(): ReactNode {
  const transfer = useApp((state) => state.watch.transfer)
  if (transfer === null) return null
  return (
    <div className="live-progress" role="status">
      {/* All is there: how long it takes to make sense of it is not known. */}
      {transfer.fraction < 1 ? (
        <progress aria-label={transfer.text} value={transfer.fraction} max={1} />
      ) : (
        <progress aria-label={transfer.text} />
      )}
      <span>{transfer.text}…</span>
    </div>
  )
}

/** What went wrong with a watch, a capture or a session. */
export function Problem(): ReactNode {
  const store = useAppStore()
  const problem = useApp((state) => state.watch.problem)
  if (problem === null) return null
  return (
    <div className="watch-problem" role="alert">
      <p>{problem}</p>
      <button type="button" className="link" onClick={() => store.getState().dismissWatchProblem()}>
        Dismiss
      </button>
    </div>
  )
}

/** Both, where the panel on show has no place of its own for them: a file can be dropped in every mode. */
export function TransferNews(): ReactNode {
  const mode = useApp((state) => state.mode)
  if (mode === 'watch' || mode === 'session') return null
  return (
    <div className="transfer-news">
      <TransferBar />
      <Problem />
    </div>
  )
}
