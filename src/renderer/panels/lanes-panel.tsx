import { type ReactNode, useMemo } from 'react'
import type { LiveReport } from '../../core/trace/live-report.ts'
import { firstDivergence } from '../playback/live-timeline.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import { selectEvent, selectLeg } from '../store/selectors.ts'
import { type Lane, Lanes } from './lanes/lanes.tsx'
import { type LaneColumn, listLanes, markerAt } from './lanes/list-lanes.ts'

/** Both lanes of a live trace over the store; nothing while a prediction alone is on show. One playback drives them. */
export function LanesPanel(): ReactNode {
  const live = useApp((state) => state.live)
  return live === null ? null : <Shown live={live} />
}

function Shown({ live }: { readonly live: LiveReport }): ReactNode {
  const store = useAppStore()
  const timeline = useApp((state) => state.timeline)
  const leg = useApp(selectLeg)
  const event = useApp(selectEvent)
  const columns = useMemo(() => (leg === null ? [] : listLanes(live, timeline, leg)), [live, timeline, leg])
  const actions = store.getState()
  const toDivergence = () => {
    const first = firstDivergence(live, timeline)
    if (first !== null) actions.seekEvent(first.index)
  }
  return (
    <Lanes
      live={live}
      columns={columns}
      current={event?.hopIndex ?? -1}
      markers={{
        predicted: <Marker lane="predicted" columns={columns} />,
        observed: <Marker lane="observed" columns={columns} />,
      }}
      onHop={(column) => actions.seekEvent(column.firstEvent)}
      onDivergence={toDivergence}
    />
  )
}

function Marker({ lane, columns }: { readonly lane: Lane; readonly columns: readonly LaneColumn[] }): ReactNode {
  const at = useApp((state) => markerAt(columns, lane, state.playback.position))
  return <span className="lane-marker" style={{ left: `${(at / Math.max(1, columns.length)) * 100}%` }} />
}
