import type { HopComparison } from './compare-traces.ts'

/** One exchange of both reports, laid side by side. A null side means that the other one alone has the exchange. */
export interface ExchangeComparison {
  readonly label: string
  readonly verdict: Agreement
  readonly forward: readonly HopComparison[]
  readonly reply: readonly HopComparison[]
}

/** `not-observable`: nothing was seen, and nothing could be: routing, neighbours, a namespace that cannot be watched. */
export type Agreement = 'agrees' | 'differs' | 'not-observable'

/** Two reports of one flow. `divergence` is the first difference in the order of the conversation, one sentence. */
export interface ReportComparison {
  readonly agrees: boolean
  readonly divergence: string | null
  readonly exchanges: readonly ExchangeComparison[]
}
