import { type ReactNode, useCallback, useState } from 'react'
import type { WatchFlow, WatchInfo } from '../../../core/watch/watch.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { type AppState, SPEEDS } from '../../store/store.ts'
import { currentWatch, standsStill, type WatchView } from '../../store/watch-data.ts'
import { FlowTable } from './flow-table.tsx'
import { countWords } from './format-counts.ts'
import { type FlowOrder, turnOrder, USUAL_ORDER } from './list-flows.ts'
import { PacketList } from './packet-list.tsx'
import { type PacketCommand, WatchBar } from './watch-bar.tsx'
import { WatchNotes } from './watch-notes.tsx'
import { WatchTotals } from './watch-totals.tsx'
import './watch-form.css'
import './watch.css'
import './watch-table.css'

/** The foot while traffic is watched: what runs, its flows and its packets. */
export function WatchFoot(): ReactNode {
  const info = useApp((state) => currentWatch(state.watch))
  if (info === null) return <Nothing />
  return (
    <>
      <Bar info={info} />
      <Lists info={info} />
    </>
  )
}

function Nothing(): ReactNode {
  return (
    <section className="watch-empty" aria-label="Watch">
      <p>
        <b>Nothing is watched yet.</b> Choose what to watch at the left and press Watch: its flows are listed here, and
        its packets move on the picture. A capture file that is dropped here is replayed in the same way.
      </p>
    </section>
  )
}

function Bar({ info }: { readonly info: WatchInfo }): ReactNode {
  const store = useAppStore()
  const kept = useApp((state) => state.watch.kept)
  const cursor = useApp((state) => state.watch.cursor)
  const replay = useApp((state) => state.watch.replay)
  const busy = useApp((state) => state.watch.transfer !== null)
  const actions = store.getState()
  return (
    <WatchBar
      info={info}
      kept={kept}
      cursor={cursor}
      playing={replay.playing}
      speed={replay.speed}
      speeds={SPEEDS}
      busy={busy}
      onPause={() => void actions.pauseWatch()}
      onStop={() => void actions.stopWatch()}
      onExport={() => void actions.exportWatch()}
      onPacket={(command) => runPacketCommand(command, store.getState())}
      onSeek={(seq) => actions.showPacket(seq)}
      onSpeed={(speed) => actions.setReplaySpeed(speed)}
    />
  )
}

/** Does what a button of the packets, or its key, says. */
export function runPacketCommand(command: PacketCommand, state: AppState): void {
  switch (command) {
    case 'first':
      return state.firstPacket()
    case 'previous':
      return state.stepPacket(-1)
    case 'toggle':
      return state.toggleReplay()
    case 'next':
      return state.stepPacket(1)
    case 'last':
      return state.lastPacket()
    default:
      return command satisfies never
  }
}

function Lists({ info }: { readonly info: WatchInfo }): ReactNode {
  const store = useAppStore()
  const view = useApp((state) => state.watch.view)
  const latest = useApp((state) => state.watch.latest)
  const flows = useApp((state) => state.watch.flows.size)
  const kept = useApp((state) => state.watch.kept.next - state.watch.kept.first)
  const [filter, setFilter] = useState('')
  const tabs: readonly (readonly [WatchView, string])[] = [
    ['flows', `Flows ${countWords(flows)}`],
    ['packets', `Packets ${countWords(kept)}`],
    ['notes', 'Notes'],
  ]
  return (
    <section className={info.target === null ? 'watch-lists imported' : 'watch-lists'} aria-label="Watched traffic">
      <div className="watch-head">
        <fieldset className="bare segments watch-views" aria-label="What is listed">
          {tabs.map(([name, label]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === view}
              onClick={() => store.getState().setWatchView(name)}
            >
              {label}
              {name === 'notes' && hasTrouble(info) && <span title="Something is wrong or missing"> !</span>}
            </button>
          ))}
        </fieldset>
        {view === 'flows' && (
          <input
            className="input watch-filter"
            type="search"
            aria-label="Filter flows"
            placeholder="Filter: name, address, port, state"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        )}
        <span className="grow" />
        {latest !== null && <WatchTotals update={latest} />}
      </div>
      {view === 'flows' && <Flows info={info} filter={filter} />}
      {view === 'packets' && <Packets info={info} />}
      {view === 'notes' && <Notes info={info} />}
    </section>
  )
}

function hasTrouble({ problem, lacks }: WatchInfo): boolean {
  return problem !== null || lacks.length > 0
}

function Flows({ info, filter }: { readonly info: WatchInfo; readonly filter: string }): ReactNode {
  const store = useAppStore()
  const flows = useApp((state) => state.watch.flows)
  const selected = useApp((state) => state.watch.flow)
  const elapsed = useApp((state) => state.watch.latest?.elapsed ?? null)
  const [order, setOrder] = useState<FlowOrder>(USUAL_ORDER)
  const onSelect = useCallback((id: number) => store.getState().showFlow(id), [store])
  const onTrace = useCallback(
    (flow: WatchFlow) => flow.trace !== null && store.getState().traceFlow(flow.trace),
    [store],
  )
  const none =
    info.stage === 'ended' ? 'No flow was seen.' : 'No packet of it has been seen yet. Flows appear here as they come.'
  return (
    <FlowTable
      flows={flows}
      elapsed={elapsed ?? lastSeen(flows)}
      filter={filter}
      order={order}
      selected={selected}
      none={none}
      onOrder={(column) => setOrder(turnOrder(order, column))}
      onSelect={onSelect}
      onTrace={onTrace}
    />
  )
}

/** A watch that tells nothing any more ended with its last packet. */
function lastSeen(flows: ReadonlyMap<number, WatchFlow>): number {
  let last = 0
  for (const flow of flows.values()) last = Math.max(last, flow.lastSeen)
  return last
}

function Packets({ info }: { readonly info: WatchInfo }): ReactNode {
  const store = useAppStore()
  const kept = useApp((state) => state.watch.kept)
  const packets = useApp((state) => state.watch.packets)
  const cursor = useApp((state) => state.watch.cursor)
  const playing = useApp((state) => state.watch.replay.playing)
  const onFetch = useCallback((from: number, next: number) => store.getState().fetchPackets(from, next), [store])
  const onShow = useCallback((seq: number) => store.getState().showPacket(seq), [store])
  return (
    <PacketList
      kept={kept}
      packets={packets}
      cursor={cursor}
      still={standsStill(info)}
      playing={playing}
      onFetch={onFetch}
      onShow={onShow}
      onStep={(by) => store.getState().stepPacket(by)}
      onPause={() => void store.getState().pauseWatch()}
    />
  )
}

function Notes({ info }: { readonly info: WatchInfo }): ReactNode {
  const totals = useApp((state) => state.watch.latest?.totals ?? null)
  const capture = useApp((state) => state.watch.imports[info.id] ?? null)
  return <WatchNotes info={info} totals={totals} capture={capture} />
}
