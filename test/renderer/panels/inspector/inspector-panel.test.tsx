// @vitest-environment happy-dom
import { act } from 'react'
import { describe, expect, it } from 'vitest'
import { InspectorPanel } from '../../../../src/renderer/panels/inspector-panel.tsx'
import { buildTimeline } from '../../../../src/renderer/playback/timeline.ts'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import { type AppData, createAppStore } from '../../../../src/renderer/store/store.ts'
import { render } from '../render.tsx'
import { sampleHost } from '../sample-host.ts'
import { sampleReport } from '../sample-report.ts'

function show(data: Partial<AppData>) {
  const store = createAppStore({ host: sampleHost(), ...data })
  const page = render(
    <AppStoreContext value={store}>
      <InspectorPanel />
    </AppStoreContext>,
  )
  return { store, ...page }
}

const report = sampleReport()
const traced = { report, timeline: buildTimeline(report) }
const selected = { kind: 'device', netns: 'host', device: 'docker0' } as const

describe('the inspector', () => {
  it('begins with flows to trace', () => {
    expect(show({}).box.querySelectorAll('.suggestion').length).toBeGreaterThan(0)
  })

  it('shows the hop at the playhead once something is traced', () => {
    expect(show(traced).find('.heading').textContent).toContain('Hop 1 of')
  })

  it('shows what is selected before that, until it is closed', () => {
    const { find, click, store, box } = show({ ...traced, selected })
    expect(box.textContent).toContain('docker0')
    expect(box.textContent).not.toContain('Hop 1 of')
    click(find('[title="Back to the trace (Escape)"]'))
    expect(store.getState().selected).toBeNull()
    expect(find('.heading').textContent).toContain('Hop 1 of')
  })

  it('keeps what is good to know to itself while the next hop is asked for', () => {
    const warned = { ...report, warnings: ['The packet leaves with TTL 1.'] }
    const { box, store } = show({ ...traced, report: warned })
    expect(box.textContent).toContain('leaves with TTL 1')
    act(() => store.getState().startQuiz(1))
    expect(box.textContent).toContain('Question 1 of')
    expect(box.textContent).not.toContain('leaves with TTL 1')
  })

  it('is about flows while traffic is watched', () => {
    const { box } = show({ ...traced, mode: 'watch' })
    expect(box.textContent).not.toContain('Hop 1 of')
    expect(box.querySelector('.suggestion')).toBeNull()
  })
})
