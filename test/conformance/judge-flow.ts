import type { Flow } from '../../src/core/trace/flow.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { compareTruth, type Disagreement } from './compare-truth.ts'
import { expectedConnection, expectedTruth } from './expected-truth.ts'
import { hideChosenPort } from './observed-truth.ts'
import type { Truth } from './truth.ts'

/** What the kernel did with one flow; enough to judge any later prediction of it. */
export interface KernelTruth {
  readonly flow: Flow
  readonly truth: Truth
  /** What a whole connection through docker-proxy came to; null where none was tried. */
  readonly connection: string | null
  /** The machines outside that answer; nobody else does. */
  readonly answering: readonly string[]
}

/** One flow, judged. `decided` is false when the engine cannot tell, which is no disagreement. */
export interface Check extends KernelTruth {
  readonly report: TraceReport
  readonly decided: boolean
  readonly predicted: Truth
  readonly disagreements: readonly Disagreement[]
}

/** Compares a prediction with what the kernel did. */
export function judgeFlow(input: KernelTruth & { readonly report: TraceReport }): Check {
  const { flow, report, truth, connection, answering } = input
  const reduced = expectedTruth(report, { answering, discovery: true })
  const id = flow.sourcePort ?? 0
  const predicted = { ...reduced, frames: reduced.frames.map((frame) => hideChosenPort(frame, id)) }
  const decided = report.disposition !== 'cannot-tell'
  const disagreements = decided ? compareTruth(predicted, truth) : []
  const connected = connection === null ? null : expectedConnection(report, { answering })
  if (decided && connected !== null && connection !== null && connected !== connection)
    disagreements.push({
      about: 'outcome',
      predicted: [`connection: ${connected}`],
      observed: [`connection: ${connection}`],
    })
  return { ...input, decided, predicted, disagreements }
}
