import { type ReactNode, useCallback, useMemo } from 'react'
import { useApp, useAppStore } from '../store/hooks.ts'
import { selectEventIndex, selectLeg } from '../store/selectors.ts'
import { type AppState, SPEEDS } from '../store/store.ts'
import { EventList } from './event-list/event-list.tsx'
import { markEvents } from './event-list/mark-events.ts'
import { LanesPanel } from './lanes-panel.tsx'
import { type PlaybackCommand, TransportBar } from './transport-bar/transport-bar.tsx'

/** Playback, lanes and events over the store. Only the bar and the markers render with every frame. */
export function PlaybackPanel(): ReactNode {
  return (
    <>
      <Bar />
      <LanesPanel />
      <Events />
    </>
  )
}

function Bar(): ReactNode {
  const store = useAppStore()
  // How it ends is not told before it was asked.
  const report = useApp((state) => (state.quiz === null ? state.report : null))
  const timeline = useApp((state) => state.timeline)
  const position = useApp((state) => state.playback.position)
  const playing = useApp((state) => state.playback.playing)
  const speed = useApp((state) => state.playback.speed)
  const leg = useApp(selectLeg)
  return (
    <TransportBar
      report={report}
      timeline={timeline}
      position={position}
      leg={leg}
      playing={playing}
      speed={speed}
      speeds={SPEEDS}
      onCommand={(command) => runCommand(command, store.getState())}
      onSeek={(to) => store.getState().seek(to)}
      onSpeed={(to) => store.getState().setSpeed(to)}
    />
  )
}

function runCommand(command: PlaybackCommand, state: AppState): void {
  switch (command) {
    case 'home':
      return state.home()
    case 'previous-hop':
      return state.stepHop(-1)
    case 'previous-step':
      return state.stepStep(-1)
    case 'toggle':
      return state.togglePlay()
    case 'next-step':
      return state.stepStep(1)
    case 'next-hop':
      return state.stepHop(1)
    case 'end':
      return state.end()
    default:
      return command satisfies never
  }
}

function Events(): ReactNode {
  const store = useAppStore()
  const timeline = useApp((state) => state.timeline)
  const live = useApp((state) => state.live)
  const current = useApp(selectEventIndex)
  const marks = useMemo(() => (live === null ? null : markEvents(live, timeline)), [live, timeline])
  const onSeek = useCallback((index: number) => store.getState().seekEvent(index), [store])
  return <EventList timeline={timeline} current={current} marks={marks} onSeek={onSeek} />
}
