import { type ReactNode, useMemo } from 'react'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { currentWatch } from '../../store/watch-data.ts'
import { listWatchTargets, type TargetOption, whyNoWatch } from '../../store/watch-targets.ts'
import { FlowPanel } from './flow-panel.tsx'
import { PacketPanel } from './packet-panel.tsx'

/** The details of watched traffic: the packet that is looked at, else the flow that was clicked, else what to do. */
export function WatchInspector(): ReactNode {
  const store = useAppStore()
  const packet = useApp(({ watch }) => (watch.cursor === null ? null : (watch.packets.get(watch.cursor) ?? null)))
  const flows = useApp(({ watch }) => watch.flows)
  const chosen = useApp(({ watch }) => watch.flow)
  const elapsed = useApp(({ watch }) => watch.latest?.elapsed ?? null)
  const actions = store.getState()
  if (packet !== null) {
    return (
      <PacketPanel
        packet={packet}
        flow={packet.flow === null ? null : (flows.get(packet.flow) ?? null)}
        onFlow={(id) => actions.showFlow(id)}
        onClose={() => actions.showPacket(null)}
      />
    )
  }
  const flow = chosen === null ? undefined : flows.get(chosen)
  if (flow === undefined) return <WhatToDo />
  return (
    <FlowPanel
      flow={flow}
      elapsed={elapsed ?? flow.lastSeen}
      onTrace={() => flow.trace !== null && actions.traceFlow(flow.trace)}
      onClose={() => actions.showFlow(null)}
    />
  )
}

function WhatToDo(): ReactNode {
  const info = useApp(({ watch }) => currentWatch(watch))
  return (
    <>
      <h2 className="heading">Traffic as it is</h2>
      {info === null ? (
        <HowToBegin />
      ) : (
        <>
          <p>Choose a flow in the table to see it in full and to trace it.</p>
          <p>
            {info.stage === 'ended' ? 'Step' : 'Pause, then step'} through the packets that were kept with ← and →.
            Space replays them on the picture.
          </p>
        </>
      )}
    </>
  )
}

function HowToBegin(): ReactNode {
  const status = useApp((state) => state.status)
  const impossible = whyNoWatch(status)
  if (impossible !== null)
    return (
      <>
        <p className="why rewrite">{impossible}</p>
        <p>A capture that was saved before, by any program, is opened with Import and replayed on the picture.</p>
      </>
    )
  return (
    <>
      <p>
        Choose the host, a container, a network or an interface at the left, or one in the picture, and press Watch. A
        capture that was saved before, by any program, is opened with Import.
      </p>
      <QuickStarts />
    </>
  )
}

const MOST_QUICK = 5

/** One press to begin with. */
function QuickStarts(): ReactNode {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const options = useMemo(() => quickOptions(listWatchTargets(host)), [host])
  if (options.length === 0) return null
  const start = ({ target }: TargetOption) => {
    store.getState().aimWatch(target)
    void store.getState().startWatch()
  }
  return (
    <>
      <h2 className="heading">Begin with one of these</h2>
      <ul className="suggestions">
        {options.map((option) => (
          <li key={option.value}>
            <button type="button" className="suggestion" onClick={() => start(option)}>
              Watch {option.value}
              <small>{option.detail}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function quickOptions(options: readonly TargetOption[]): readonly TargetOption[] {
  return options.filter(({ kind }) => kind === 'host' || kind === 'container').slice(0, MOST_QUICK)
}
