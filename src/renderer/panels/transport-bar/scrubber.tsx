import { useRef } from 'react'
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react'
import { at, neighbouringHop, neighbouringStep } from '../../playback/timeline.ts'
import type { HopTick, Timeline } from '../../playback/timeline.ts'
import { placeOfHop } from '../inspector/title-hop.ts'

export interface ScrubberProps {
  readonly timeline: Timeline
  readonly position: number
  readonly onSeek: (position: number) => void
}

// A range input has no ticks where the hops are, and its keys move by numbers instead of by steps and hops.
// oxlint-disable jsx-a11y/prefer-tag-over-role

/** The whole conversation as one line: a tick a hop, a gap between packets, draggable both ways. */
export function Scrubber({ timeline, position, onSeek }: ScrubberProps): ReactNode {
  const track = useRef<HTMLDivElement>(null)
  const seekTo = (event: PointerEvent) => {
    const rect = track.current?.getBoundingClientRect()
    if (rect === undefined || rect.width === 0) return
    const share = Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width))
    onSeek(share * timeline.duration)
  }
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    seekTo(event)
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event)
  }
  return (
    <div
      className="scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Position in the trace"
      aria-valuemin={0}
      aria-valuemax={round(timeline.duration)}
      aria-valuenow={round(position)}
      aria-valuetext={valueText(timeline, position)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={(event) => onScrubberKey(event, timeline, position, onSeek)}
    >
      <div className="scrubber-track" ref={track}>
        <div className="scrubber-rail" />
        <div className="scrubber-done" style={{ width: percent(position, timeline.duration) }} />
        <Ticks timeline={timeline} position={position} />
        <div className="scrubber-thumb" style={{ left: percent(position, timeline.duration) }} />
      </div>
    </div>
  )
}

interface TicksProps {
  readonly timeline: Timeline
  readonly position: number
}

function Ticks({ timeline, position }: TicksProps): ReactNode {
  return timeline.ticks.map((tick) => (
    <span
      key={tick.index}
      className={tickClass(timeline, tick, position)}
      style={{ left: percent(tick.position, timeline.duration) }}
      title={`${tick.direction === 'reply' ? 'reply: ' : ''}${placeOfHop(tick.hop)}`}
    />
  ))
}

function tickClass(timeline: Timeline, tick: HopTick, position: number): string {
  const first = timeline.legs.some((leg) => leg.firstEvent === tick.firstEvent)
  return `tick${first ? ' leg' : ''}${tick.position <= position ? ' passed' : ''}`
}

function percent(value: number, whole: number): string {
  return whole === 0 ? '0%' : `${(value / whole) * 100}%`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Returns what a screen reader says of a position: which packet, which hop. */
function valueText(timeline: Timeline, position: number): string {
  const moment = at(timeline, position)
  if (moment === null) return 'nothing to play'
  const { event, leg } = moment
  const reply = leg.direction === 'reply' ? ', reply' : ''
  return `${leg.label}${reply}, hop ${event.hopIndex + 1}, ${placeOfHop(event.hop)}`
}

function onScrubberKey(
  event: KeyboardEvent,
  timeline: Timeline,
  position: number,
  onSeek: (position: number) => void,
): void {
  const target = scrubberTarget(event, timeline, position)
  if (target === null) return
  event.preventDefault()
  event.stopPropagation()
  onSeek(target)
}

function scrubberTarget(event: KeyboardEvent, timeline: Timeline, position: number): number | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null
  const step = event.shiftKey ? neighbouringHop : neighbouringStep
  switch (event.key) {
    case 'ArrowLeft':
      return step(timeline, position, -1)
    case 'ArrowRight':
      return step(timeline, position, 1)
    case 'ArrowDown':
    case 'PageDown':
      return neighbouringHop(timeline, position, -1)
    case 'ArrowUp':
    case 'PageUp':
      return neighbouringHop(timeline, position, 1)
    case 'Home':
      return 0
    case 'End':
      return timeline.duration
    default:
      return null
  }
}
