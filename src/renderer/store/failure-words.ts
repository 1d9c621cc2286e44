import type { Failure } from '../../protocol/contract.ts'

/** Returns a failure as sentences. */
export function failureWords({ message, hint }: Failure): string {
  return [message, hint ?? ''].filter(Boolean).map(asSentence).join(' ')
}

function asSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`
}
