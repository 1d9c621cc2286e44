import type { Connection, ConntrackView } from '../conntrack.ts'
import { type Matcher, type MatchResult, NO, YES } from './matcher.ts'

type TrackedView = ConntrackView & { readonly connection: Connection }

/**
 * Returns a condition about a packet's connection. Without one it fails, negated or not; but where `--ctstate` stands
 * in the same rule (and held) the kernel asks nothing more (xt_conntrack.c: `return match_flags & XT_CONNTRACK_STATE`).
 */
export function withConnection(besideState: boolean, test: (view: TrackedView) => MatchResult): Matcher {
  return (input) => {
    const view = input.conntrack
    if (view === null || view.connection === null) return besideState ? YES : NO
    return test({ ...view, connection: view.connection })
  }
}
