import { expect } from 'vitest'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { compareTruth } from '../../conformance/compare-truth.ts'
import { expectedTruth } from '../../conformance/expected-truth.ts'
import { showDisagreement } from '../../conformance/summary.ts'
import { expectTruth, type Verdict } from './agree.ts'
import type { RawTruth } from './observe-raw.ts'

/** As `agree`, for a packet that was observed by `observeRaw`. `answering` names the machines outside that answer. */
export function agreeRaw(
  report: TraceReport,
  truth: RawTruth,
  verdict: Verdict,
  answering: readonly string[] = [],
): void {
  expectTruth(truth, verdict)
  const { disposition, reason } = report
  expect.soft(disposition === 'cannot-tell' ? reason : 'decided', 'the prediction').toBe('decided')
  if (verdict.disposition !== undefined) expect.soft(disposition, reason).toBe(verdict.disposition)
  if (disposition === 'cannot-tell') return
  const all = compareTruth(expectedTruth(report, { answering }), truth)
  const disagreements = all.filter(({ about }) => !truth.discovery || about !== 'rules')
  expect.soft(disagreements.flatMap(showDisagreement), `predicted: ${disposition}: ${reason}`).toEqual([])
}
