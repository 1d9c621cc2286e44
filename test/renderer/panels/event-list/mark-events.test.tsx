// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { EventList } from '../../../../src/renderer/panels/event-list/event-list.tsx'
import { markEvents } from '../../../../src/renderer/panels/event-list/mark-events.ts'
import { buildLiveTimeline } from '../../../../src/renderer/playback/live-timeline.ts'
import { AGREEING, NEW_RULE, PARTING } from '../../support/live-sample.ts'
import { render } from '../render.tsx'

const { timeline } = buildLiveTimeline(PARTING)
const marks = markEvents(PARTING, timeline)

describe('markEvents', () => {
  it('has no difference where both agree, and nothing to compare for routes', () => {
    const agreeing = buildLiveTimeline(AGREEING).timeline
    const all = markEvents(AGREEING, agreeing)
    expect(all.filter(({ verdict }) => verdict === 'differs')).toEqual([])
    const route = agreeing.events.findIndex(({ step }) => step?.kind === 'route')
    const rule = agreeing.events.findIndex(({ step }) => step?.kind === 'rule')
    expect([all[route]?.verdict, all[rule]?.verdict]).toEqual(['not-observable', 'agrees'])
  })

  it('marks one event as where they part, and a frame that was not seen at its way out', () => {
    const parts = marks.flatMap(({ parts: here }, index) => (here ? [timeline.events[index]?.step] : []))
    expect(parts).toHaveLength(1)
    expect(parts[0]).toMatchObject({ rule: NEW_RULE })
    const exit = timeline.events.findIndex(({ hop, step }) => hop.device === 'ens5' && step?.kind === 'exit')
    expect(marks[exit]).toMatchObject({ verdict: 'differs', lane: 'predicted' })
    expect(marks[exit]?.remark).toContain('No frame was seen')
  })

  it('is shown in the list: the mark, whose step it is, and where they part', () => {
    const page = render(<EventList timeline={timeline} current={0} marks={marks} onSeek={() => undefined} />)
    expect(page.find('.event.parts').textContent).toContain('DOCKER-USER')
    expect(page.box.querySelectorAll('.event-lane').length).toBe(
      timeline.events.filter(({ lane }) => lane !== 'both').length,
    )
  })
})
