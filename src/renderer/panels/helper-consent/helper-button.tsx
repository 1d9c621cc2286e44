import type { ReactNode } from 'react'
import type { HelperConsent } from '../../../protocol/contract.ts'

export interface HelperButtonProps {
  readonly consent: HelperConsent
  readonly onHelper: () => void
}

const WORDS: Readonly<Record<HelperConsent['answer'], string>> = {
  pending: 'not answered',
  allowed: 'allowed',
  refused: 'refused',
}

/** Where the answer about the privileged helper is seen, and changed. */
export function HelperButton({ consent, onHelper }: HelperButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={consent.answer === 'allowed' ? 'bar-button' : 'bar-button wanting'}
      onClick={onHelper}
      aria-haspopup="dialog"
      title="What the privileged helper is, and whether Hopwire may use it"
    >
      Helper: {WORDS[consent.answer]}
    </button>
  )
}
