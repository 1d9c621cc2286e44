import type { Match } from '../../host/match.ts'
import { parseAddress } from '../../net/address.ts'
import { parsePrefix, prefixContains } from '../../net/prefix.ts'
import { countConnections } from '../conntrack.ts'
import { type Matcher, type OfKind, undecided, verdictOf } from './matcher.ts'

/**
 * `-m connlimit --connlimit-above 3 --connlimit-mask 32`: how many connections of an address have passed this rule and are
 * still there (linux:net/netfilter/xt_connlimit.c, nf_conncount.c). This one counts; of the others no more can have passed than
 * there are. Undecided where those would be too many.
 */
export function matchConnlimit(match: OfKind<Match, 'connlimit'>): Matcher {
  return (input) => {
    const { packet } = input
    const prefix = parsePrefix(`${match.side === 'source' ? packet.src : packet.dst}/${match.prefixLength}`)
    if (prefix === null || input.netns.conntrack === null)
      return undecided(input, `${match.text} counts connections, which were not read`)
    const inside = (text: string): boolean => {
      const address = parseAddress(text)
      return address?.family === prefix.family && prefixContains(prefix, address.value)
    }
    const own = input.conntrack?.connection ?? null
    const others = countConnections(input.connections, ({ original, reply }, connection) => {
      if (own !== null && connection === own) return false
      return [original.src, original.dst, reply.src, reply.dst].some(inside)
    })
    if (1 > match.limit) return verdictOf(match.above, false)
    if (1 + others <= match.limit) return verdictOf(!match.above, false)
    return undecided(input, `${match.text} counts connections that have passed this rule, which cannot be told`)
  }
}
