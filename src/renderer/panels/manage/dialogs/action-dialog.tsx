import { type FormEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { FieldProblem } from '../../../../core/manage/plan.ts'
import { useApp, useAppStore } from '../../../store/hooks.ts'
import type { Doing } from '../../../store/manage-data.ts'
import { DialogContext } from './dialog-context.ts'
import { placeProblems } from './place-problems.ts'
import './dialogs.css'
import { asSentence } from '../as-sentence.ts'

export interface ActionDialogProps {
  readonly title: string
  /** What the button that does it says. */
  readonly verb: string
  readonly grave?: boolean
  /** Beside the fields: what it would do. */
  readonly aside: ReactNode
  readonly problems: readonly FieldProblem[]
  /** The paths of the fields. */
  readonly fields: readonly string[]
  /** Changes when it was tried in vain: the focus then goes to the first field that is wrong. */
  readonly tried: unknown
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/**
 * The frame of every dialog that changes the host; a modal dialog of the platform, so focus and Escape are its own. While
 * the change is under way, Escape and Cancel end that and leave the dialog with all that was typed.
 */
export function ActionDialog(props: ActionDialogProps): ReactNode {
  const { title, problems, fields, tried } = props
  const store = useAppStore()
  const doing = useApp(({ manage }) => manage.doing)
  const dialog = useRef<HTMLDialogElement>(null)
  useOpenDialog(dialog, tried)
  const placed = useMemo(() => placeProblems(problems, fields), [problems, fields])
  const context = useMemo(() => ({ problems: placed, busy: doing !== null }), [placed, doing])
  const close = () => store.getState().closeDialog()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (doing === null) props.onSubmit()
  }
  return (
    <dialog
      ref={dialog}
      className="action-dialog"
      aria-labelledby="action-title"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClose={() => dialog.current?.open === false && close()}
    >
      <form noValidate onSubmit={submit}>
        <h2 id="action-title" tabIndex={-1}>
          {title}
        </h2>
        <div className="dialog-body">
          <DialogContext value={context}>
            <div className="dialog-fields">{props.children}</div>
          </DialogContext>
          {props.aside}
        </div>
        <footer className="dialog-foot">
          <FormProblems problems={placed.get('') ?? []} />
          {doing !== null && <DoingBar doing={doing} />}
          <button type="button" className="quiet" onClick={close}>
            {doing === null && props.grave !== true ? 'Close' : 'Cancel'}
          </button>
          <button
            type="submit"
            className={props.grave === true ? 'primary grave' : 'primary'}
            aria-disabled={doing !== null}
          >
            {doing !== null && <span className="spinner" aria-hidden="true" />}
            {props.verb}
          </button>
        </footer>
      </form>
    </dialog>
  )
}

/** Opens it as long as the component is there; closing gives the focus back to where it was. */
function useOpenDialog(dialog: React.RefObject<HTMLDialogElement | null>, tried: unknown): void {
  useLayoutEffect(() => {
    const element = dialog.current
    if (element === null) return undefined
    element.showModal()
    // Where nothing can be typed, a key that was meant for something else must not answer.
    const first = element.querySelector<HTMLElement>('.dialog-fields :is(input, select, textarea)')
    const target = first ?? element.querySelector<HTMLElement>('h2')
    target?.focus()
    return () => element.close()
  }, [dialog])
  useEffect(() => {
    if (tried === null) return
    const wrong = dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    // What is folded away cannot have the focus.
    wrong?.closest('details')?.setAttribute('open', '')
    wrong?.focus()
  }, [dialog, tried])
}

function FormProblems({ problems }: { readonly problems: readonly FieldProblem[] }): ReactNode {
  if (problems.length === 0) return null
  return (
    <div className="form-problems" role="alert">
      {problems.map(({ message, severity }) => (
        <p key={message} className={severity === 'error' ? 'field-error' : 'field-warning'}>
          {asSentence(message)}
        </p>
      ))}
    </div>
  )
}

/** How far a change is. */
export function DoingBar({ doing }: { readonly doing: Doing }): ReactNode {
  const { label, text, fraction } = doing
  return (
    <div className="live-progress doing" role="status">
      <progress aria-label={label} {...(fraction === null ? {} : { value: fraction, max: 1 })} />
      <span>{text === '' ? `${label}…` : asSentence(text)}</span>
    </div>
  )
}
