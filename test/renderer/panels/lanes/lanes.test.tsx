// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import type { LiveReport } from '../../../../src/core/trace/live-report.ts'
import { Lanes } from '../../../../src/renderer/panels/lanes/lanes.tsx'
import { listLanes } from '../../../../src/renderer/panels/lanes/list-lanes.ts'
import { buildLiveTimeline } from '../../../../src/renderer/playback/live-timeline.ts'
import type { Leg } from '../../../../src/renderer/playback/timeline.ts'
import { AGREEING, NEW_RULE, PARTING } from '../../support/live-sample.ts'
import { render } from '../render.tsx'

function show(live: LiveReport) {
  const { timeline } = buildLiveTimeline(live)
  const seen = { hop: vi.fn(), divergence: vi.fn() }
  const page = render(
    <Lanes
      live={live}
      columns={listLanes(live, timeline, timeline.legs[0] as Leg)}
      current={1}
      markers={{ predicted: null, observed: null }}
      onHop={({ hopIndex }) => seen.hop(hopIndex)}
      onDivergence={seen.divergence}
    />,
  )
  return { page, seen }
}

describe('Lanes', () => {
  it('says that both agree, with the times between the hops', () => {
    const { page } = show(AGREEING)
    expect(page.find('.agreement').textContent).toContain('As predicted')
    expect(page.find('.lane-delays').textContent).toContain('+4.7 µs')
    expect(page.box.querySelectorAll('[aria-current="step"]')).toHaveLength(2)
  })

  it('names where they part, marks it in both lanes and goes there when asked', () => {
    const { page, seen } = show(PARTING)
    expect(page.find('.lanes-verdict').textContent).toContain(`the kernel dropped it at ${NEW_RULE}`)
    expect(page.find('.lane-predicted .parts').textContent).toContain('host stack')
    expect(page.find('.lane-observed .parts').textContent).toContain('host stack')
    page.click(page.find('.agreement.differs'))
    expect(seen.divergence).toHaveBeenCalledOnce()
  })

  it('says what could not be watched', () => {
    const { page } = show(PARTING)
    expect(page.find('.lanes-lacks').textContent).toBe('1 thing could not be watched')
    expect(page.find('.lanes-lacks').title).toContain('no tracefs')
  })

  it('goes to a hop of either lane', () => {
    const { page, seen } = show(AGREEING)
    page.click(page.box.querySelectorAll('.lane-observed button')[3] ?? null)
    expect(seen.hop).toHaveBeenCalledWith(3)
  })
})
