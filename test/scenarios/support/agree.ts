import { expect } from 'vitest'
import type { Disposition } from '../../../src/core/trace/disposition.ts'
import { compareTruth } from '../../conformance/compare-truth.ts'
import type { Check } from '../../conformance/judge-flow.ts'
import { showDisagreement } from '../../conformance/summary.ts'
import { showFrame, showRule, type Truth } from '../../conformance/truth.ts'

/** What the reference says of a scenario. Patterns are of lines as `showFrame` and `showRule` write them. */
export interface Verdict {
  readonly outcome: string
  readonly disposition?: Disposition
  /** What a whole connection comes to, where docker-proxy takes part. */
  readonly connection?: string
  readonly rules?: readonly RegExp[]
  readonly noRules?: readonly RegExp[]
  readonly frames?: readonly RegExp[]
  readonly noFrames?: readonly RegExp[]
}

/** Asserts what really happened against the reference, and then that the prediction is what happened. */
export function agree(given: Check, verdict: Verdict): void {
  const check = withoutNative(given)
  expectTruth(check.truth, verdict)
  if (verdict.connection !== undefined)
    expect.soft(check.connection, 'what a whole connection comes to').toBe(verdict.connection)
  const { disposition, reason } = check.report
  expect.soft(check.decided ? 'decided' : `cannot tell: ${reason}`, 'the prediction').toBe('decided')
  if (verdict.disposition !== undefined) expect.soft(disposition, reason).toBe(verdict.disposition)
  expect.soft(check.disagreements.flatMap(showDisagreement), `predicted: ${disposition}: ${reason}`).toEqual([])
}

const IPTABLES = ['raw', 'mangle', 'nat', 'filter', 'security']

/** Rules of native nftables have counters of their own, if any: `iptables-save` does not show them. */
function withoutNative(check: Check): Check {
  const rules = check.predicted.rules.filter(({ table }) => IPTABLES.includes(table))
  if (rules.length === check.predicted.rules.length) return check
  const predicted = { ...check.predicted, rules }
  return { ...check, predicted, disagreements: compareTruth(predicted, check.truth) }
}

/** Asserts what the kernel did. */
export function expectTruth(truth: Truth, verdict: Verdict): void {
  const frames = truth.frames.map(showFrame)
  const rules = truth.rules.map((rule) => `${showRule(rule)} x${rule.times}`)
  expect.soft(truth.outcome, 'what the sender saw').toBe(verdict.outcome)
  for (const [lines, some, none] of [
    [frames, verdict.frames, verdict.noFrames],
    [rules, verdict.rules, verdict.noRules],
  ] as const) {
    for (const pattern of some ?? [])
      expect.soft(lines, `${pattern}`).toEqual(expect.arrayContaining([expect.stringMatching(pattern)]))
    for (const pattern of none ?? [])
      expect
        .soft(
          lines.filter((line) => pattern.test(line)),
          `not ${pattern}`,
        )
        .toEqual([])
  }
}
