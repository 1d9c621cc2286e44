import type { Agreement } from './agreement.ts'
import type { LiveReport } from './live-report.ts'

/** What a live trace comes to, in one sentence. */
export interface LiveVerdict {
  readonly agreement: Agreement
  readonly sentence: string
}

/**
 * Returns what a live trace comes to. That nothing speaks against a prediction proves it only where what became of the packet
 * was both predicted and seen; where one side cannot tell that, the sentence says which, and is no agreement.
 */
export function wordVerdict({ predicted, observed, comparison, lacks }: LiveReport): LiveVerdict {
  if (!comparison.agrees) return { agreement: 'differs', sentence: comparison.divergence ?? 'They differ.' }
  const open = (sentence: string): LiveVerdict => ({ agreement: 'not-observable', sentence })
  const unseen = observed.disposition === 'cannot-tell'
  if (predicted.disposition === 'cannot-tell')
    return open(
      unseen
        ? 'Neither the prediction nor what was seen tells what becomes of the packet.'
        : 'The prediction cannot tell what becomes of the packet; what it does tell, the kernel did.',
    )
  if (unseen)
    return open('What became of the packet was not seen; nothing that was seen speaks against the prediction.')
  const all =
    lacks.length === 0
      ? 'The kernel did what was predicted.'
      : 'As far as could be seen, the kernel did what was predicted.'
  return { agreement: 'agrees', sentence: all }
}
