import type { Pair } from './align-sequences.ts'
import { isNeighborExchange } from './is-neighbor-exchange.ts'
import type { Exchange } from './trace-report.ts'

/**
 * Pairs the exchanges of two reports by what they are and whom they ask, whatever their order: the question for a
 * neighbour may come sooner or later. The order is the left one's; what the right one alone has follows its predecessor.
 */
export function pairExchanges(left: readonly Exchange[], right: readonly Exchange[]): readonly Pair[] {
  const partners = new Map<number, number>()
  const taken = new Set<number>()
  left.forEach((exchange, index) => {
    const key = exchangeKey(exchange)
    const partner = right.findIndex((each, at) => !taken.has(at) && exchangeKey(each) === key)
    if (partner < 0) return
    partners.set(index, partner)
    taken.add(partner)
  })
  const pairs: Pair[] = left.map((_, index) => [index, partners.get(index) ?? null])
  right.forEach((_, index) => {
    if (taken.has(index)) return
    const before = pairs.findLastIndex(([, at]) => at !== null && at < index)
    pairs.splice(before + 1, 0, [null, index])
  })
  return pairs
}

function exchangeKey(exchange: Exchange): string {
  if (exchange.main) return 'main'
  const first = exchange.forward.hops[0]
  return isNeighborExchange(exchange) ? `neighbour ${first?.netns} ${exchange.label}` : exchange.label
}
