import { expect } from 'vitest'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { compareTruth } from '../../conformance/compare-truth.ts'
import { expectedTruth } from '../../conformance/expected-truth.ts'
import { showDisagreement } from '../../conformance/summary.ts'
import type { Truth } from '../../conformance/truth.ts'
import { expectTruth, type Verdict } from './agree.ts'

/** As `agree`, for a packet that was observed by `observeRaw`. `answering` names the machines outside that answer. */
export function agreeRaw(report: TraceReport, truth: Truth, verdict: Verdict, answering: readonly string[] = []): void {
  expectTruth(truth, verdict)
  const { disposition, reason } = report
  expect.soft(disposition === 'cannot-tell' ? reason : 'decided', 'the prediction').toBe('decided')
  if (verdict.disposition !== undefined) expect.soft(disposition, reason).toBe(verdict.disposition)
  if (disposition === 'cannot-tell') return
  const disagreements = compareTruth(expectedTruth(report, { answering }), truth)
  expect.soft(disagreements.flatMap(showDisagreement), `predicted: ${disposition}: ${reason}`).toEqual([])
}
