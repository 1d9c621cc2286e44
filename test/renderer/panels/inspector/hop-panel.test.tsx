// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { TraceReport } from '../../../../src/core/trace/trace-report.ts'
import { HopPanel } from '../../../../src/renderer/panels/inspector/hop-panel.tsx'
import { buildTimeline } from '../../../../src/renderer/playback/timeline.ts'
import { render } from '../render.tsx'
import { droppedReport, sampleReport } from '../sample-report.ts'

function setUp(report: TraceReport, isWanted: (kind: string | undefined, index: number, all: number) => boolean) {
  const timeline = buildTimeline(report)
  const event = timeline.events.findLast((each) => isWanted(each.step?.kind, each.index, timeline.events.length))
  const leg = timeline.legs.find((each) => event !== undefined && each.lastEvent >= event.index)
  if (event === undefined || leg === undefined) throw new Error('no such event')
  const chosen: number[] = []
  const page = render(
    <HopPanel
      live={null}
      report={report}
      timeline={timeline}
      event={event}
      leg={leg}
      playing={false}
      onEvent={(index) => chosen.push(index)}
    />,
  )
  return { page, chosen, event, timeline }
}

describe('HopPanel', () => {
  it('counts the hops of the packet and marks the current step', () => {
    const { page } = setUp(sampleReport(), (kind) => kind === 'rule')
    expect(page.find('.heading').textContent).toBe('Hop 3 of 5 · host stack')
    expect(page.find('[aria-current="step"]').textContent).toContain('-A POSTROUTING -s 172.17.0.0/16')
    expect(page.find('table').textContent).toContain('172.17.0.2 198.51.100.20')
  })

  it('shows the rules that were tried only on request', () => {
    const { page } = setUp(sampleReport(), (kind) => kind === 'rule')
    expect(page.box.querySelector('.tried')).toBeNull()
    page.click(page.find('.step [aria-expanded]'))
    expect(page.find('.tried').textContent).toContain('source is 172.17.0.2')
  })

  it('goes to the event of a step that is clicked', () => {
    const { page, chosen, event, timeline } = setUp(sampleReport(), (kind) => kind === 'rule')
    page.click(page.find('.step-head'))
    expect(chosen).toEqual([timeline.ticks[event.tick]?.firstEvent])
  })

  it('says the end of a packet once: by its rule, or by its fate', () => {
    const dropped = setUp(droppedReport(), (_, index, all) => index === all - 1)
    expect(dropped.page.box.querySelectorAll('.why')).toHaveLength(1)
    const arrived = setUp(sampleReport(), (_, index, all) => index === all - 1)
    expect(arrived.page.box.textContent).toContain('The reply reaches c1.')
  })

  it('says once that nothing was read from the host, and at each step where only some of it was not', () => {
    const text = JSON.stringify(sampleReport())
    const said = (report: string) => {
      const { page } = setUp(JSON.parse(report) as TraceReport, (kind) => kind === 'rule')
      return page.box.textContent.split('Not read from the host').length - 1
    }
    const all = text.replaceAll('"basis":"state"', '"basis":"synth"')
    expect(said(text)).toBe(0)
    expect(said(all)).toBe(1)
    const steps = setUp(JSON.parse(all) as TraceReport, (kind) => kind === 'rule').page.box.querySelectorAll('.step')
    expect(said(all.replace('"basis":"synth"', '"basis":"state"'))).toBe(steps.length)
  })

  it('passes on what the report warns of', () => {
    const { page } = setUp(sampleReport(), (kind) => kind === 'rule')
    expect(page.box.textContent).toContain('its answer is assumed')
  })
})
