import type { Match } from '../../host/match.ts'
import type { MatchInput } from '../match-input.ts'
import { deviceFits } from './device.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

type Physdev = OfKind<Match, 'physdev'>

/** `-m physdev --physdev-in veth1`, `--physdev-is-bridged`: the bridge ports of a frame (linux:net/netfilter/xt_physdev.c). */
export function matchPhysdev(match: Physdev): Matcher {
  return (input) => verdictOf(holds(match, input), match.negated)
}

function holds(match: Physdev, input: MatchInput): boolean {
  const { physIn, physOut } = input
  switch (match.test) {
    case 'is-in':
      return physIn !== null
    case 'is-out':
    case 'is-bridged':
      return physOut !== null
    case 'in':
      return physIn !== null && deviceFits(match.name ?? '', physIn)
    case 'out':
      return physOut !== null && deviceFits(match.name ?? '', physOut)
  }
}
