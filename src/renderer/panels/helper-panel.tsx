import type { ReactNode } from 'react'
import { useApp, useAppStore } from '../store/hooks.ts'
import { ConsentDialog } from './helper-consent/consent-dialog.tsx'

/** `unasked`: nobody has opened or closed the question yet, so that it opens by itself where an answer is wanted. */
export type HelperQuestion = 'unasked' | 'open' | 'closed'

export interface HelperPanelProps {
  readonly question: HelperQuestion
  readonly onClose: () => void
}

/** The question about the privileged helper over the store; nothing where there is no engine to have one on. */
export function HelperPanel({ question, onClose }: HelperPanelProps): ReactNode {
  const store = useAppStore()
  const consent = useApp((state) => state.status?.helperConsent)
  if (consent === undefined) return null
  const open = question === 'open' || (question === 'unasked' && consent.answer === 'pending')
  const answer = (given: 'allowed' | 'refused') => {
    onClose()
    void store.getState().answerConsent(given)
  }
  return <ConsentDialog open={open} consent={consent} onAnswer={answer} onLater={onClose} />
}
