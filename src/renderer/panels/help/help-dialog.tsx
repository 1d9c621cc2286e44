import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { KEY_HELP } from '../../keyboard.ts'
import './help-dialog.css'

export interface HelpDialogProps {
  readonly open: boolean
  readonly onClose: () => void
}

/** What Hopwire shows and which keys move it; a modal dialog of the platform, so focus and Escape are its own. */
export function HelpDialog({ open, onClose }: HelpDialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal()
    if (!open && dialog.current?.open === true) dialog.current.close()
  }, [open])
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">How to use Hopwire</h2>
      <p>
        Name two ends and press Trace. Hopwire computes, from this host’s own interfaces, routes and rules, what the
        kernel will do with the packet. Nothing is sent, unless Live is on: then a real packet shows what it did.
      </p>
      <dl>
        {KEY_HELP.map(({ keys, does }) => (
          <div key={does + keys.join()}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  )
}
