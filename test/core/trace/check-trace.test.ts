import { describe, expect, it } from 'vitest'
import { checkReport } from '../../../src/core/trace/check-trace.ts'
import type { Exchange, Hop, TraceReport } from '../../../src/core/trace/trace-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'
import { mainOf, ping, trace } from '../../support/trace-words.ts'

const sound = trace(standardHost(RULES_20), ping('c1', '203.0.113.80'))

function withMain(change: (main: Exchange) => Exchange): TraceReport {
  return { ...sound, exchanges: sound.exchanges.map((exchange) => (exchange.main ? change(exchange) : exchange)) }
}

const withHops = (change: (hops: readonly Hop[]) => readonly Hop[]): TraceReport =>
  withMain((main) => ({ ...main, forward: { ...main.forward, hops: change(main.forward.hops) } }))

describe('checkReport', () => {
  it('finds nothing in a sound report', () => {
    expect(checkReport(sound)).toEqual([])
  })

  it.each<[string, TraceReport, string]>([
    ['no main exchange', withMain((main) => ({ ...main, main: false })), '0 main exchanges'],
    ['two main exchanges', { ...sound, exchanges: [...sound.exchanges, mainOf(sound)] }, '2 main exchanges'],
    ['a disposition that is not the main one’s', { ...sound, disposition: 'dropped' }, 'report says dropped'],
    ['no hops', withHops(() => []), 'without hops'],
    ['a beginning without its packet', withHops((hops) => hops.slice(1)), 'not originate'],
    ['an end that does not fit', withHops((hops) => hops.slice(0, 1)), 'last step neighbor'],
    [
      'frames on no device',
      withHops((hops) => hops.map((hop) => (hop.kind === 'nic' ? { ...hop, device: null } : hop))),
      'frames on no device',
    ],
    [
      'a step without a why',
      withHops((hops) => hops.map((hop) => ({ ...hop, steps: hop.steps.map((step) => ({ ...step, why: '' })) }))),
      'says no why',
    ],
    [
      'a reply to a packet whose fate is unknown',
      withMain((main) => ({ ...main, forward: { ...main.forward, disposition: 'loop' } })),
      'whose fate is loop',
    ],
  ])('finds %s', (_name, report, message) => {
    expect(
      checkReport(report)
        .map((violation) => violation.message)
        .join('; '),
    ).toContain(message)
  })
})
