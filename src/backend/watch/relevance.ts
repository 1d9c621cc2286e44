import { textPrefixContains } from '../../core/net/prefix.ts'

/** Most answers that are remembered. */
const MOST = 20_000

/** Returns a function that tells whether an address is one of those, or within one of the prefixes; null: all are. */
export function createRelevance(concerns: readonly string[] | null): (address: string) => boolean {
  if (concerns === null) return () => true
  const addresses = new Set(concerns)
  const prefixes = concerns.filter((one) => one.includes('/'))
  const known = new Map<string, boolean>()
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) return before
    if (known.size >= MOST) known.clear()
    const answer = addresses.has(address) || prefixes.some((prefix) => textPrefixContains(prefix, address))
    known.set(address, answer)
    return answer
  }
}
