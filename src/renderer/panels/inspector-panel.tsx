import { type ReactNode, useMemo } from 'react'
import type { HostState } from '../../core/host/host-state.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { Place } from '../playback/place.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import { selectEvent, selectLeg } from '../store/selectors.ts'
import { ConsoleButtons } from './console/console-buttons.tsx'
import { ManageInspector } from './manage/manage-inspector.tsx'
import { HopPanel } from './inspector/hop-panel.tsx'
import { PlacePanel } from './inspector/place-panel.tsx'
import { StartPanel } from './inspector/start-panel.tsx'
import { targetOfPlace, targetWords, whyNoWatch } from '../store/watch-targets.ts'
import { QuizCard } from './quiz/quiz-card.tsx'
import { WatchInspector } from './watch/watch-inspector.tsx'
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
  const selected = useApp((state) => state.selected)
  const mode = useApp((state) => state.mode)
  const object = useApp((state) => (state.mode === 'manage' && state.manage.info ? state.manage.object : null))
  if (object !== null) return <Body child={<ManageInspector object={object} />} />
  if (selected !== null && host !== null) {
    const watch = <PlaceActions place={selected} host={host} />
    const onClose = () => store.getState().select(null)
    return <Body child={<PlacePanel place={selected} host={host} onClose={onClose} watch={watch} />} />
  }
  return mode === 'watch' ? <Body child={<WatchInspector />} /> : <TraceBody host={host} />
}

function Body({ child }: { readonly child: ReactNode }): ReactNode {
  return <div className="inspector-body">{child}</div>
}

function TraceBody({ host }: { readonly host: HostState | null }): ReactNode {
  const actions = useAppStore().getState()
  const status = useApp((state) => state.status)
  const whole = useApp((state) => state.report)
  const quizzed = useApp((state) => state.quiz !== null)
  // What is good to know of the whole trace would tell what is asked.
  const report = useMemo(() => (whole !== null && quizzed ? { ...whole, warnings: [] } : whole), [whole, quizzed])
  const live = useApp((state) => state.live)
  const timeline = useApp((state) => state.timeline)
  const event = useApp(selectEvent)
  const leg = useApp(selectLeg)
  const playing = useApp((state) => state.playback.playing)
  if (report !== null && event !== null && leg !== null) {
    const onEvent = (index: number) => actions.seekEvent(index)
    return (
      <>
        <QuizCard />
        <HopPanel {...{ report, live, timeline, event, leg, playing, onEvent }} />
      </>
    )
  }
  const onFlow = (flow: Flow) => {
    actions.setForm({ from: flow.from, to: flow.to, protocol: flow.protocol, port: String(flow.destinationPort ?? '') })
    void actions.submitTrace()
  }
  return <Body child={<StartPanel host={host} status={status} onFlow={onFlow} />} />
}

/** What can be done with what is selected. */
function PlaceActions(props: { readonly place: Place; readonly host: HostState }): ReactNode {
  return (
    <div className="actions place-actions">
      <WatchButton {...props} />
      <ConsoleButtons {...props} />
    </div>
  )
}

/** Watches what is selected: the container, the network of a bridge, the device, or the host for its own gates. */
function WatchButton({ place, host }: { readonly place: Place; readonly host: HostState }): ReactNode {
  const store = useAppStore()
  const status = useApp((state) => state.status)
  const target = targetOfPlace(place, host)
  if (target === null) return null
  const impossible = whyNoWatch(status)
  const start = () => {
    if (impossible !== null) return
    store.getState().aimWatch(target)
    void store.getState().startWatch()
  }
  return (
    <button
      type="button"
      className="quiet small"
      aria-disabled={impossible !== null}
      title={impossible ?? 'See the traffic that is there'}
      onClick={start}
    >
      Watch {targetWords(target)}
    </button>
  )
}
