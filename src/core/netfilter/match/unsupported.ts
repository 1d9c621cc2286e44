import { type Matcher, UNDECIDED } from './matcher.ts'

/** A condition that was read and is not evaluated (`recent`, `bpf`, `limit` ...): it never decides anything. */
export function matchUnsupported(): Matcher {
  return () => UNDECIDED
}
