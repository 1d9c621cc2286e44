import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { HelperConsent } from '../../../protocol/contract.ts'
import { HELPER_LATER, HELPER_QUESTION, HELPER_TERMS } from '../../../protocol/helper-terms.ts'
import { sentence } from '../trace-form/check-form.ts'
import './consent-dialog.css'

export interface ConsentDialogProps {
  readonly open: boolean
  readonly consent: HelperConsent
  readonly onAnswer: (answer: 'allowed' | 'refused') => void
  /** Closed without an answer, by Escape too: what was answered before stands. */
  readonly onLater: () => void
}

const STANDS: Readonly<Record<HelperConsent['answer'], string | null>> = {
  pending: null,
  allowed: 'It is allowed now.',
  refused: 'It is refused now.',
}

/** Asks for the privileged helper in plain words; a modal dialog of the platform, so focus and Escape are its own. */
export function ConsentDialog({ open, consent, onAnswer, onLater }: ConsentDialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (open && dialog.current?.open === false) {
      dialog.current.showModal()
      // Not on a button: a key that was meant for something else must not answer.
      title.current?.focus()
    }
    if (!open && dialog.current?.open === true) dialog.current.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      className="consent"
      aria-labelledby="consent-title"
      aria-describedby="consent-terms"
      onClose={() => open && onLater()}
    >
      <h2 id="consent-title" ref={title} tabIndex={-1}>
        {HELPER_QUESTION}
      </h2>
      <p className="consent-engine">
        <span className="mono">{consent.engine}</span> {STANDS[consent.answer]}
      </p>
      <dl id="consent-terms">
        {HELPER_TERMS.map((term) => (
          <div key={term.title}>
            <dt>{term.title}</dt>
            <dd>{term.text}</dd>
          </div>
        ))}
      </dl>
      <p>{HELPER_LATER}</p>
      {consent.note !== null && <p className="consent-note">{sentence(consent.note)}</p>}
      <div className="consent-actions">
        <button type="button" className="primary" onClick={() => onAnswer('allowed')}>
          Allow the helper
        </button>
        <button type="button" className="quiet" onClick={() => onAnswer('refused')}>
          Refuse, use the API alone
        </button>
        <button type="button" className="link" onClick={onLater}>
          {consent.answer === 'pending' ? 'Later' : 'Leave it so'}
        </button>
      </div>
    </dialog>
  )
}
