import type { ReactNode } from 'react'
import type { Flow } from '../../core/trace/flow.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import { selectEvent, selectLeg } from '../store/selectors.ts'
import { HopPanel } from './inspector/hop-panel.tsx'
import { PlacePanel } from './inspector/place-panel.tsx'
import { StartPanel } from './inspector/start-panel.tsx'
import './inspector/inspector.css'

/** What is selected, else the hop at the playhead, else how to start. */
export function InspectorPanel(): ReactNode {
  return (
    <section className="inspector" aria-label="Details" tabIndex={-1}>
      <InspectorBody />
    </section>
  )
}

function InspectorBody(): ReactNode {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const status = useApp((state) => state.status)
  const selected = useApp((state) => state.selected)
  const report = useApp((state) => state.report)
  const live = useApp((state) => state.live)
  const timeline = useApp((state) => state.timeline)
  const event = useApp(selectEvent)
  const leg = useApp(selectLeg)
  const playing = useApp((state) => state.playback.playing)
  const actions = store.getState()
  if (selected !== null && host !== null) {
    return (
      <div className="inspector-body">
        <PlacePanel place={selected} host={host} onClose={() => actions.select(null)} />
      </div>
    )
  }
  if (report !== null && event !== null && leg !== null) {
    return (
      <HopPanel
        report={report}
        live={live}
        timeline={timeline}
        event={event}
        leg={leg}
        playing={playing}
        onEvent={(index) => actions.seekEvent(index)}
      />
    )
  }
  const onFlow = (flow: Flow) => {
    actions.setForm({ from: flow.from, to: flow.to, protocol: flow.protocol, port: String(flow.destinationPort ?? '') })
    void actions.submitTrace()
  }
  return (
    <div className="inspector-body">
      <StartPanel host={host} status={status} onFlow={onFlow} />
    </div>
  )
}
