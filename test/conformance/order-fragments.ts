import type { Hop } from '../../src/core/trace/trace-report.ts'
import type { TruthFrame } from './truth.ts'

/**
 * Returns the frames of all hops in the order in which a machine shows them. Each piece of a packet goes through a bridge and
 * its port before the next one is sent (linux:net/ipv4/ip_output.c ip_do_fragment).
 */
export function inTurn(hops: readonly Hop[], framesOf: (hop: Hop) => readonly TruthFrame[]): TruthFrame[] {
  return groupAlike(hops).flatMap((run) => oneAfterAnother(run.map(framesOf)))
}

function groupAlike(hops: readonly Hop[]): Hop[][] {
  const runs: Hop[][] = []
  for (const hop of hops) {
    const run = runs.at(-1)
    const before = run?.at(-1)
    if (run !== undefined && before !== undefined && isCutAlike(before, hop)) run.push(hop)
    else runs.push([hop])
  }
  return runs
}

function isCutAlike(before: Hop, hop: Hop): boolean {
  return before.netns === hop.netns && leaves(before) && leaves(hop) && before.frames.length === hop.frames.length
}

const leaves = ({ frames }: Hop): boolean => frames.length > 1 && frames.every(({ direction }) => direction === 'out')

function oneAfterAnother(run: readonly (readonly TruthFrame[])[]): TruthFrame[] {
  const [first = []] = run
  return first.flatMap((_, turn) => run.flatMap((frames) => frames.slice(turn, turn + 1)))
}
