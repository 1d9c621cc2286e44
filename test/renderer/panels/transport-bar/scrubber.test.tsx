// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { Scrubber } from '../../../../src/renderer/panels/transport-bar/scrubber.tsx'
import { buildTimeline, eventIndexAt } from '../../../../src/renderer/playback/timeline.ts'
import { render } from '../render.tsx'
import { sampleReport } from '../sample-report.ts'

const TIMELINE = buildTimeline(sampleReport())

function setUp(position: number) {
  const seeks: number[] = []
  const page = render(<Scrubber timeline={TIMELINE} position={position} onSeek={(to) => seeks.push(to)} />)
  return { page, seeks, slider: page.find('[role="slider"]') }
}

describe('Scrubber', () => {
  it('has a tick a hop, and one that stands out a packet', () => {
    const { page } = setUp(0)
    expect(page.box.querySelectorAll('.tick')).toHaveLength(TIMELINE.ticks.length)
    expect(page.box.querySelectorAll('.tick.leg')).toHaveLength(TIMELINE.legs.length)
  })

  it('says where it is in words', () => {
    expect(setUp(0).slider.getAttribute('aria-valuetext')).toBe('DNS facebook.com, hop 1, c1 · eth0')
    expect(setUp(TIMELINE.duration).slider.getAttribute('aria-valuetext')).toBe('ICMP echo, reply, hop 4, c1 · eth0')
  })

  it('moves by steps, by hops and to the ends', () => {
    const { page, seeks, slider } = setUp(0)
    page.press('ArrowRight', slider)
    page.press('ArrowRight', slider, { shiftKey: true })
    page.press('End', slider)
    page.press('Home', slider)
    expect(seeks.map((to) => eventIndexAt(TIMELINE, to))).toEqual([
      1,
      TIMELINE.ticks[1]?.firstEvent,
      TIMELINE.events.length - 1,
      0,
    ])
  })

  it('leaves other keys to the page', () => {
    const { page, seeks, slider } = setUp(0)
    expect(page.press('a', slider)).toBe(true)
    expect(page.press('ArrowRight', slider, { altKey: true })).toBe(true)
    expect(seeks).toEqual([])
  })
})
