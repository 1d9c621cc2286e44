import { type ReactNode, useEffect, useState } from 'react'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { CopyButton } from './dialogs/copy-button.tsx'
import { asSentence } from './as-sentence.ts'
import './done-toast.css'

/** How long what was done is said, in milliseconds, unless the pointer or the focus is on it or there is more to read. */
const STAYS = 12_000

/** Says what was done, with the command that does the same and a way back. */
export function DoneToast(): ReactNode {
  const store = useAppStore()
  const done = useApp(({ manage }) => manage.done)
  const dialog = useApp(({ manage }) => manage.dialog !== null)
  const problem = useApp(({ manage }) => manage.problem)
  const mode = useApp((state) => state.mode)
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || done === null || done.notes.length > 0) return undefined
    const timer = setTimeout(() => store.getState().dismissDone(done), STAYS)
    return () => clearTimeout(timer)
  }, [store, held, done])
  if (dialog) return null
  if (problem !== null && mode !== 'manage') return <ProblemToast problem={problem} />
  if (done === null) return null
  const { did, command, undo, notes, undone = false } = done
  const actions = store.getState()
  return (
    // Nothing is operated by these: the words stay as long as they are read.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="toast"
      role="status"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p className="toast-did">{asSentence(did)}</p>
      {command !== '' && (
        <p className="toast-command">
          <code className="mono">{command}</code>
          <CopyButton text={command} label="Copy the command" />
        </p>
      )}
      {notes.length > 0 && (
        <ul>
          {notes.map((note) => (
            <li key={note}>{asSentence(note)}</li>
          ))}
        </ul>
      )}
      <div className="toast-actions">
        {undone && (
          <button type="button" className="quiet small" onClick={() => void actions.redoAction()}>
            Redo
          </button>
        )}
        {!undone && undo !== null && (
          <button
            type="button"
            className="quiet small"
            title={`Undo: ${undo}`}
            onClick={() => void actions.undoAction()}
          >
            Undo
          </button>
        )}
        <button type="button" className="link" onClick={() => actions.dismissDone(done)}>
          Dismiss
        </button>
      </div>
    </div>
  )
}

/** Elsewhere than in the manager's own panel, which says it itself. */
function ProblemToast({ problem }: { readonly problem: string }): ReactNode {
  const store = useAppStore()
  return (
    <div className="toast" role="alert">
      <p className="field-error">{problem}</p>
      <button type="button" className="link" onClick={() => store.getState().dismissManageProblem()}>
        Dismiss
      </button>
    </div>
  )
}
