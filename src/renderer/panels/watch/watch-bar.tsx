import type { ReactNode } from 'react'
import type { WatchInfo } from '../../../core/watch/watch.ts'
import { SpeedSelect } from '../speed-select.tsx'
import { numberWords } from './describe-packet.ts'
import { countWords } from './format-counts.ts'

export type PacketCommand = 'first' | 'previous' | 'toggle' | 'next' | 'last'

export interface WatchBarProps {
  readonly info: WatchInfo
  readonly kept: { readonly first: number; readonly next: number }
  readonly cursor: number | null
  readonly playing: boolean
  readonly speed: number
  readonly speeds: readonly number[]
  readonly busy: boolean
  readonly onPause: () => void
  readonly onStop: () => void
  readonly onExport: () => void
  readonly onPacket: (command: PacketCommand) => void
  readonly onSeek: (seq: number) => void
  readonly onSpeed: (speed: number) => void
}

const STAGES = { starting: 'starting', running: 'running', paused: 'paused', ended: 'ended' } as const

/** What runs, and what moves through the packets that were kept. */
export function WatchBar(props: WatchBarProps): ReactNode {
  const { info, kept } = props
  const going = info.stage === 'running' || info.stage === 'starting' || info.stage === 'paused'
  const empty = kept.next === kept.first
  return (
    <section className="transport watch-bar" aria-label="Watch">
      <p className="watch-title" title={info.filter === '' ? info.label : `${info.label}, ${info.filter}`}>
        <span className={`watch-dot ${info.stage}`} aria-hidden="true" />
        <b>{info.label}</b>
        <span role="status">{info.target === null ? 'imported' : STAGES[info.stage]}</span>
      </p>
      {going && (
        <fieldset className="bare watch-buttons" aria-label="The watch">
          <button type="button" className="quiet small" disabled={info.stage === 'starting'} onClick={props.onPause}>
            {info.stage === 'paused' ? 'Resume' : 'Pause'}
          </button>
          <button type="button" className="quiet small" onClick={props.onStop}>
            Stop
          </button>
        </fieldset>
      )}
      <Steps {...props} empty={empty} />
      <button
        type="button"
        className="quiet small"
        disabled={empty || props.busy}
        title={empty ? 'Nothing has been kept yet' : 'Save the kept packets as pcapng, for Wireshark'}
        onClick={props.onExport}
      >
        Export
      </button>
    </section>
  )
}

const BUTTONS: readonly { readonly command: PacketCommand; readonly label: string; readonly path: string }[] = [
  { command: 'first', label: 'To the first packet kept (Home)', path: 'M3 3h2v10H3zM13 3v10L6 8z' },
  { command: 'previous', label: 'One packet back (←)', path: 'M11.5 3v10L4 8z' },
  { command: 'toggle', label: '', path: '' },
  { command: 'next', label: 'One packet on (→)', path: 'M4.5 3v10L12 8z' },
  { command: 'last', label: 'To the last packet kept (End)', path: 'M3 3v10l7-5zM11 3h2v10h-2z' },
]

function Steps(props: WatchBarProps & { readonly empty: boolean }): ReactNode {
  const { info, kept, cursor, playing, empty } = props
  const still = info.stage === 'paused' || info.stage === 'ended'
  return (
    <>
      <fieldset className="bare transport-buttons" aria-label="Move through the packets">
        {BUTTONS.map(({ command, label, path }) => {
          const toggle = command === 'toggle'
          const name = toggle ? (playing ? 'Pause the replay (space)' : 'Replay the packets (space)') : label
          const shape = toggle ? (playing ? 'M4 3h3v10H4zM9 3h3v10H9z' : 'M5 3v10l8-5z') : path
          return (
            <button
              key={command}
              type="button"
              className={toggle ? 'play' : 'icon-button'}
              disabled={empty || !still}
              aria-label={name}
              title={still ? name : 'Pause the watch to look at its packets'}
              onClick={() => props.onPacket(command)}
            >
              <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
                <path d={shape} fill="currentColor" />
              </svg>
            </button>
          )
        })}
      </fieldset>
      <SpeedSelect
        label="Speed of the replay"
        title="Speed of the replay"
        speed={props.speed}
        speeds={props.speeds}
        onSpeed={props.onSpeed}
      />
      <input
        type="range"
        className="watch-slider"
        aria-label="Packet"
        aria-valuetext={cursor === null ? 'none' : `packet ${numberWords(cursor)}`}
        disabled={empty || !still}
        min={kept.first}
        max={Math.max(kept.first, kept.next - 1)}
        value={cursor ?? kept.next - 1}
        onChange={(event) => props.onSeek(Number(event.target.value))}
      />
      <output className="watch-place">{placeWords(kept, cursor, still)}</output>
    </>
  )
}

function placeWords(kept: WatchBarProps['kept'], cursor: number | null, still: boolean): string {
  const count = kept.next - kept.first
  if (!still || cursor === null) return `${countWords(count)} kept`
  return `${countWords(cursor - kept.first + 1)} of ${countWords(count)}`
}
