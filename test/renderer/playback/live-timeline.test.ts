import { describe, expect, it } from 'vitest'
import { buildLiveTimeline, comparedStep, firstDivergence } from '../../../src/renderer/playback/live-timeline.ts'
import { buildTimeline } from '../../../src/renderer/playback/timeline.ts'
import { AGREEING, NEW_RULE, PARTING } from '../support/live-sample.ts'

describe('buildLiveTimeline', () => {
  it('plays two sides that agree as one', () => {
    const { timeline, report } = buildLiveTimeline(AGREEING)
    const alone = buildTimeline(AGREEING.observed)
    expect(timeline.events.map(({ step }) => step)).toEqual(alone.events.map(({ step }) => step))
    expect(new Set(timeline.events.map(({ lane }) => lane))).toEqual(new Set(['both']))
    expect(report.origin).toBe('observed')
    expect(firstDivergence(AGREEING, timeline)).toBeNull()
  })

  it('has every step of either side once, each in its own order', () => {
    const { timeline } = buildLiveTimeline(PARTING)
    const steps = (lane: 'predicted' | 'observed', report: typeof PARTING.observed) => {
      const seen = timeline.events.filter(
        (event) => event.direction === 'forward' && comparedStep(PARTING, event)?.[lane] !== null,
      )
      const main = report.exchanges.find((exchange) => exchange.main)
      expect(seen.length).toBe(main?.forward.hops.flatMap((hop) => hop.steps).length)
    }
    steps('predicted', PARTING.predicted)
    steps('observed', PARTING.observed)
  })

  it('parts at the rule that the kernel took', () => {
    const { timeline } = buildLiveTimeline(PARTING)
    const first = firstDivergence(PARTING, timeline)
    expect(first?.step).toMatchObject({ kind: 'rule', rule: NEW_RULE })
    expect(first?.lane).toBe('both')
  })

  it('gives each side an end and a fate of its own', () => {
    const { timeline } = buildLiveTimeline(PARTING)
    const forward = timeline.events.filter(({ direction }) => direction === 'forward')
    const ends = forward.filter(({ last }) => last)
    expect(ends.map(({ lane, disposition }) => [lane, disposition])).toEqual([
      ['both', 'dropped'],
      ['predicted', 'leaves-host'],
    ])
    const reply = timeline.events.filter(({ direction }) => direction === 'reply')
    expect(new Set(reply.map(({ lane }) => lane))).toEqual(new Set(['predicted']))
  })
})
