// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { EventList } from '../../../../src/renderer/panels/event-list/event-list.tsx'
import { buildTimeline } from '../../../../src/renderer/playback/timeline.ts'
import { render } from '../render.tsx'
import { sampleReport } from '../sample-report.ts'

const TIMELINE = buildTimeline(sampleReport())

function setUp(current: number) {
  const seeks: number[] = []
  const page = render(
    <EventList marks={null} timeline={TIMELINE} current={current} onSeek={(index) => seeks.push(index)} />,
  )
  return { page, seeks }
}

describe('EventList', () => {
  it('marks the current row alone and heads each packet', () => {
    const { page } = setUp(3)
    expect(page.box.querySelectorAll('[role="option"]')).toHaveLength(TIMELINE.events.length)
    expect(page.find('[aria-selected="true"]').id).toBe('event-3')
    expect([...page.box.querySelectorAll('.event-leg')].map((each) => each.textContent)).toEqual([
      'DNS facebook.com',
      'DNS facebook.com · reply',
      'ICMP echo',
      'ICMP echo · reply',
    ])
  })

  it('goes to a row that is clicked, and with the arrows to the next one that is shown', () => {
    const { page, seeks } = setUp(0)
    page.click(page.find('#event-5'))
    page.type(page.find('input'), 'masquerade')
    page.press('ArrowDown', page.find('[role="listbox"]'))
    const next = TIMELINE.events.find((event) => event.step?.kind === 'rule')?.index
    expect(seeks).toEqual([5, next])
  })

  it('counts what the filter leaves, and says so when that is nothing', () => {
    const { page } = setUp(0)
    page.type(page.find('input'), 'masquerade')
    expect(page.find('.event-count').textContent).toBe(`2 of ${TIMELINE.events.length} steps`)
    page.type(page.find('input'), 'zzz')
    expect(page.find('.events-none').textContent).toContain('No step matches')
  })
})
