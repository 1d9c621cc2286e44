import { expect, it } from 'vitest'
import { wordVerdict } from '../../../src/core/trace/word-verdict.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { liveReport } from '../../support/live-report.ts'
import { observeReport } from '../../support/observe-report.ts'
import { standardHost } from '../../support/scene.ts'
import { ping, trace } from '../../support/trace-words.ts'

const host = standardHost(RULES_20)
const predicted = trace(host, ping('c1', '203.0.113.80'))
const observed = observeReport(predicted)
const untold = { disposition: 'cannot-tell', reason: 'Cannot tell.' } as const

it.each([
  ['all was seen', liveReport(predicted), 'agrees', 'The kernel did what was predicted.'],
  ['something lacks', liveReport(predicted, observed, host, { lacks: ['no tracefs'] }), 'agrees', 'As far as could'],
  ['nothing was seen', liveReport(predicted, { ...observed, ...untold }), 'not-observable', 'was not seen;'],
  ['nothing was predicted', liveReport({ ...predicted, ...untold }, observed), 'not-observable', 'cannot tell'],
  ['neither', liveReport({ ...predicted, ...untold }, { ...observed, ...untold }), 'not-observable', 'Neither'],
] as const)('where %s', (_when, live, agreement, words) => {
  const verdict = wordVerdict(live)
  expect(verdict.agreement).toBe(agreement)
  expect(verdict.sentence).toContain(words)
})
