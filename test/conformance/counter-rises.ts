import { countRises as countRisesOf } from '../../src/core/parse/live/counter-rises.ts'
import type { TruthRule } from './truth.ts'

/** Returns the rules whose counters rose between two prints of `iptables-save -c`; throws when the rules themselves changed. */
export function countRises(netns: string, family: 'ip' | 'ip6', before: string, after: string): TruthRule[] {
  const { value, problems } = countRisesOf(before, after)
  const [problem] = problems
  if (problem !== undefined) throw new Error(`${netns}: ${problem.message}`)
  return value.map((rise) => ({ netns, family, ...rise }))
}
