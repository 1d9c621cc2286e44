import type { Failure, HelperConsent, Outcome } from '../../protocol/contract.ts'
import type { HelperAnswer } from '../settings/settings.ts'

/** An engine as answers are kept for it: what tells it apart, and the address under which the user knows it. */
export interface EngineName {
  readonly id: string
  readonly label: string
}

/** What was said about the helper; `note` is one sentence that the user should read, or null. */
export type Consent = Pick<HelperConsent, 'answer' | 'note'>

/** Who says whether the privileged helper may be used. Nothing of it rejects. */
export interface ConsentGiver {
  /** Gives the answer for an engine; `pending` while somebody is still to be asked. */
  decide(engine: EngineName): Promise<Consent>
  /** Takes the user's answer, and keeps it for the next time. */
  answer(engine: EngineName, answer: HelperAnswer): Promise<Consent>
}

/** Returns a giver that says always the same: for who was asked in another way. */
export function sameConsent(answer: HelperAnswer): ConsentGiver {
  return {
    decide: async () => ({ answer, note: null }),
    answer: async (_, next) => ({ answer: next, note: null }),
  }
}

/** Returns why the helper is not used, as the failure of what cannot be done without it; null where it may be used. */
export function explainConsent(answer: Consent['answer']): Failure | null {
  switch (answer) {
    case 'allowed':
      return null
    case 'refused':
      return {
        code: 'helper-refused',
        message: 'the privileged helper was refused for this engine',
        hint: 'allow it under "Helper" in the app, or with --helper allow',
      }
    case 'pending':
      return {
        code: 'helper-refused',
        message: 'the privileged helper has not been allowed yet',
        hint: 'answer the question, or start Hopwire with --helper allow',
      }
    default:
      return answer satisfies never
  }
}

/** What an answer gives where no engine is that could run a helper. */
export const NO_HELPER: Outcome<never> = {
  ok: false,
  failure: { code: 'bad-params', message: 'there is no privileged helper on this host' },
}
