import { describe, expect, it } from 'vitest'
import { compareTraces } from '../../../src/core/trace/compare-traces.ts'
import type { Hop, Trace } from '../../../src/core/trace/trace-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { observeReport } from '../../support/observe-report.ts'
import { standardHost, withContainer } from '../../support/scene.ts'
import { ping, trace } from '../../support/trace-words.ts'

/** c1 does not know c2 yet: its question goes to every port of docker0. */
const cold = standardHost(RULES_20, { containers: withContainer('c1', { neighbors: [] }) })
const report = trace(cold, ping('c1', '172.17.0.3'))
const at = report.exchanges.findIndex(({ protocol }) => protocol === 'arp')
const predicted = report.exchanges[at]?.forward as Trace
const seen = observeReport(report).exchanges[at]?.forward as Trace

const shows = (hop: Hop): boolean => hop.frames.length > 0

describe('pairHops', () => {
  it('has a flooded question to compare', () => {
    const decisions = predicted.hops.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'bridge' ? [step.decision] : [])),
    )
    expect(decisions).toContain('flood')
  })

  it('takes the copies of a flooded frame in whatever order they come, and a bridge that floods unseen for granted', () => {
    const copies = seen.hops.slice(2)
    const shuffled = {
      ...seen,
      hops: [
        ...seen.hops.slice(0, 2),
        ...copies.filter(shows).toReversed(),
        ...copies.filter((hop) => hop.device === null),
      ],
    }
    expect(compareTraces(predicted, shuffled)).toMatchObject({ agrees: true, divergence: null })
  })

  it('still misses a copy, and finds one too many', () => {
    const port = seen.hops.findIndex((hop) => hop.device === 'vethweb')
    expect(port).toBeGreaterThan(0)
    const fewer = { ...seen, hops: seen.hops.toSpliced(port, 1) }
    expect(compareTraces(predicted, fewer).divergence).toContain('No frame was seen going out at host vethweb')
    const more = { ...seen, hops: [...seen.hops, seen.hops[port] as Hop] }
    expect(compareTraces(predicted, more).divergence).toContain('not predicted')
  })
})
