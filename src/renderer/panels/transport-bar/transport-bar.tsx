import type { ReactNode } from 'react'
import type { TraceReport } from '../../../core/trace/trace-report.ts'
import type { Leg, Timeline } from '../../playback/timeline.ts'
import { SpeedSelect } from '../speed-select.tsx'
import { describeOutcome } from './describe-outcome.ts'
import { Scrubber } from './scrubber.tsx'
import './transport-bar.css'

export type PlaybackCommand = 'home' | 'previous-hop' | 'previous-step' | 'toggle' | 'next-step' | 'next-hop' | 'end'

export interface TransportBarProps {
  readonly report: TraceReport | null
  readonly timeline: Timeline
  readonly position: number
  readonly leg: Leg | null
  readonly playing: boolean
  readonly speed: number
  readonly speeds: readonly number[]
  readonly onCommand: (command: PlaybackCommand) => void
  readonly onSeek: (position: number) => void
  readonly onSpeed: (speed: number) => void
}

/** Everything that moves the trace in time, and at its end what became of the packet. */
export function TransportBar(props: TransportBarProps): ReactNode {
  const empty = props.timeline.events.length === 0
  return (
    <section className="transport" aria-label="Playback">
      <Buttons playing={props.playing} disabled={empty} onCommand={props.onCommand} />
      <SpeedSelect
        label="Speed"
        title="Speed of playing"
        speed={props.speed}
        speeds={props.speeds}
        onSpeed={props.onSpeed}
      />
      {empty ? (
        <p className="transport-empty">Trace a packet to play its way here.</p>
      ) : (
        <Scrubber timeline={props.timeline} position={props.position} onSeek={props.onSeek} />
      )}
      <LegChips legs={props.timeline.legs} current={props.leg} onSeek={props.onSeek} />
      {props.report !== null && <OutcomeText report={props.report} />}
    </section>
  )
}

interface ButtonsProps {
  readonly playing: boolean
  readonly disabled: boolean
  readonly onCommand: (command: PlaybackCommand) => void
}

const BUTTONS: readonly { readonly command: PlaybackCommand; readonly label: string; readonly path: string }[] = [
  { command: 'home', label: 'To the start (Home)', path: 'M3 3h2v10H3zM13 3v10L6 8z' },
  { command: 'previous-hop', label: 'One hop back (Shift+←)', path: 'M8 3v10L2 8zM14 3v10L8 8z' },
  { command: 'previous-step', label: 'One step back (←)', path: 'M11.5 3v10L4 8z' },
  { command: 'toggle', label: '', path: '' },
  { command: 'next-step', label: 'One step on (→)', path: 'M4.5 3v10L12 8z' },
  { command: 'next-hop', label: 'One hop on (Shift+→)', path: 'M2 3v10l6-5zM8 3v10l6-5z' },
  { command: 'end', label: 'To the end (End)', path: 'M3 3v10l7-5zM11 3h2v10h-2z' },
]

function Buttons({ playing, disabled, onCommand }: ButtonsProps): ReactNode {
  return (
    <fieldset className="bare transport-buttons" aria-label="Move through the trace">
      {BUTTONS.map(({ command, label, path }) => {
        const toggle = command === 'toggle'
        const name = toggle ? (playing ? 'Pause (space)' : 'Play (space)') : label
        const shape = toggle ? (playing ? 'M4 3h3v10H4zM9 3h3v10H9z' : 'M5 3v10l8-5z') : path
        return (
          <button
            key={command}
            type="button"
            className={toggle ? 'play' : 'icon-button'}
            disabled={disabled}
            aria-label={name}
            title={name}
            onClick={() => onCommand(command)}
          >
            <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
              <path d={shape} fill="currentColor" />
            </svg>
          </button>
        )
      })}
    </fieldset>
  )
}

interface LegChipsProps {
  readonly legs: readonly Leg[]
  readonly current: Leg | null
  readonly onSeek: (position: number) => void
}

/** One button a packet of the conversation; pressing it goes to where that packet starts. */
function LegChips({ legs, current, onSeek }: LegChipsProps): ReactNode {
  if (legs.length === 0) return null
  return (
    <fieldset className="bare segments chips" aria-label="Packets of the conversation">
      {legs.filter(hasChip).map((leg) => (
        <button
          key={leg.index}
          type="button"
          aria-pressed={isChipOf(leg, current)}
          title={`${leg.label}${leg.direction === 'reply' ? ', reply' : ''}: ${leg.reason}`}
          onClick={() => onSeek(leg.start)}
        >
          {chipText(leg)}
        </button>
      ))}
    </fieldset>
  )
}

/** Only the question that was asked has a chip for its answer, too: with DNS and ARP around it they would crowd. */
function hasChip(leg: Leg): boolean {
  return leg.direction === 'forward' || leg.main
}

function isChipOf(chip: Leg, current: Leg | null): boolean {
  if (current === null) return false
  return chip.index === current.index || (!chip.main && chip.exchange === current.exchange)
}

/** Returns the shortest name of a packet; the whole label is its tooltip. */
export function chipText(leg: Pick<Leg, 'direction' | 'protocol' | 'label'>): string {
  if (leg.direction === 'reply') return 'reply'
  if (leg.label.startsWith('docker-proxy')) return 'proxy'
  return leg.protocol === 'icmpv6' ? 'ICMPv6' : leg.protocol.toUpperCase()
}

const MARKS = { good: '●', bad: '✕', doubt: '?' } as const

function OutcomeText({ report }: { readonly report: TraceReport }): ReactNode {
  const outcome = describeOutcome(report)
  return (
    <output className={`outcome ${outcome.tone}`} title={outcome.full} aria-live="polite">
      <span aria-hidden="true">{MARKS[outcome.tone]}</span> <span className="outcome-text">{outcome.text}</span>
    </output>
  )
}
