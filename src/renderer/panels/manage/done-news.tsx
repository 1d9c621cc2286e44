import { type ReactNode, useEffect, useState } from 'react'
import { useApp, useAppStore } from '../../store/hooks.ts'
import type { DoneState } from '../../store/manage-data.ts'
import { CopyButton } from './dialogs/copy-button.tsx'
import { asSentence } from './as-sentence.ts'
import './done-news.css'

/** How long what was done is said, in milliseconds, unless the pointer or the focus is on it or there is more to read. */
const STAYS = 12_000

/**
 * Says what was done, with the command that does the same and a way back; where nothing is said, takes up the room. It has
 * its place in the bar, so that it lies over nothing.
 */
export function DoneNews(): ReactNode {
  const store = useAppStore()
  const done = useApp(({ manage }) => manage.done)
  const dialog = useApp(({ manage }) => manage.dialog !== null)
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || done === null || done.notes.length > 0) return undefined
    const timer = setTimeout(() => store.getState().dismissDone(done), STAYS)
    return () => clearTimeout(timer)
  }, [store, held, done])
  return (
    <div className="done-place" role="status">
      {done !== null && !dialog && (
        // Nothing is operated by these: the words stay as long as they are read.
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
        <div
          className="done"
          onMouseEnter={() => setHeld(true)}
          onMouseLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <Done done={done} />
        </div>
      )}
    </div>
  )
}

function Done({ done }: { readonly done: DoneState }): ReactNode {
  const actions = useAppStore().getState()
  const { did, command, undo, undone = false } = done
  const words = asSentence(did)
  return (
    <>
      <span className="done-did" title={words}>
        {words}
      </span>
      {command !== '' && (
        <>
          <code className="mono" title={command}>
            {command}
          </code>
          <CopyButton text={command} label="Copy the command" />
        </>
      )}
      {undone && (
        <button type="button" className="link" onClick={() => void actions.redoAction()}>
          Redo
        </button>
      )}
      {!undone && undo !== null && (
        <button type="button" className="link" title={`Undo: ${undo}`} onClick={() => void actions.undoAction()}>
          Undo
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label="Dismiss"
        title="Dismiss (Escape)"
        onClick={() => actions.dismissDone(done)}
      >
        ×
      </button>
    </>
  )
}

/** What the user should know of what was done, and, elsewhere than in the manager's own panel, why something was not. */
export function DoneNotes(): ReactNode {
  const store = useAppStore()
  const done = useApp(({ manage }) => manage.done)
  const dialog = useApp(({ manage }) => manage.dialog !== null)
  const problem = useApp(({ manage, mode }) => (mode === 'manage' ? null : manage.problem))
  const actions = store.getState()
  return (
    <div className="done-notes">
      {problem !== null && !dialog && (
        <div className="notice bad" role="alert">
          <p>{problem}</p>
          <button type="button" className="link" onClick={() => actions.dismissManageProblem()}>
            Dismiss
          </button>
        </div>
      )}
      {done !== null && !dialog && done.notes.length > 0 && (
        <div className="notice" role="status">
          <div>
            <b>{asSentence(done.did)}</b>
            <ul>
              {done.notes.map((note) => (
                <li key={note}>{asSentence(note)}</li>
              ))}
            </ul>
          </div>
          <button type="button" className="link" onClick={() => actions.dismissDone(done)}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  )
}
