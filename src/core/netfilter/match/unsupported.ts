import { type Matcher, NO, UNDECIDED } from './matcher.ts'

/**
 * A condition that was read and is not evaluated (`nfacct`, `osf`, `quota` ...): it never decides anything. One exception:
 * `rt` looks into a routing header, which no traced packet carries, and then fails, negated or not (ip6t_rt.c).
 */
export function matchUnsupported(module: string): Matcher {
  return module === 'rt' ? () => NO : () => UNDECIDED
}
