import { memo, useEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { Leg, Timeline } from '../../playback/timeline.ts'
import { filterRows, listRows } from './filter-events.ts'
import type { EventRow, KindFilter } from './filter-events.ts'
import type { EventMark } from './mark-events.ts'
import './event-list.css'

export interface EventListProps {
  readonly timeline: Timeline
  /** Index of the event at the playhead; -1 for none. */
  readonly current: number
  /** What a live trace's comparison says of each event; null for a prediction alone. */
  readonly marks: readonly EventMark[] | null
  readonly onSeek: (index: number) => void
}

// The list keeps the focus and its keys for all its rows, as the listbox pattern says; a select could not show columns.
// oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus, jsx-a11y/no-static-element-interactions

/** Every step of the conversation in the order in which it happens; the row at the playhead is marked and kept in view. */
export function EventList({ timeline, current, marks, onSeek }: EventListProps): ReactNode {
  const [text, setText] = useState('')
  const [kind, setKind] = useState<KindFilter>('all')
  const rows = useMemo(() => listRows(timeline.events), [timeline])
  const shown = useMemo(() => filterRows(rows, kind, text), [rows, kind, text])
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const box = list.current
    if (box === null || shown.length === 0) return
    const follow = () => scrollInside(box, box.querySelector<HTMLElement>(`#event-${current}`))
    follow()
    const watch = new ResizeObserver(follow)
    watch.observe(box)
    return () => watch.disconnect()
  }, [current, shown])
  return (
    <section className="events" aria-label="Events">
      <FilterBar text={text} kind={kind} shown={shown.length} all={rows.length} onText={setText} onKind={setKind} />
      <div
        className="event-rows mono"
        role={shown.length === 0 ? 'group' : 'listbox'}
        aria-label="Steps in time order"
        tabIndex={0}
        aria-activedescendant={current >= 0 ? `event-${current}` : undefined}
        ref={list}
        onKeyDown={(event) => moveInList(event, shown, current, onSeek)}
      >
        <Rows rows={shown} legs={timeline.legs} current={current} marks={marks} onSeek={onSeek} />
        {rows.length > 0 && shown.length === 0 && (
          <p className="events-none">No step matches. Clear the filter to see all {rows.length}.</p>
        )}
        {rows.length === 0 && (
          <p className="events-none">
            The steps of a trace are listed here, in the order in which the kernel takes them.
          </p>
        )}
      </div>
    </section>
  )
}

/** Scrolls a row into view without moving anything but the list. */
function scrollInside(list: HTMLElement, row: HTMLElement | null): void {
  if (row === null) return
  const top = row.offsetTop - list.offsetTop
  if (top < list.scrollTop + row.offsetHeight) list.scrollTop = top - row.offsetHeight
  else if (top + 2 * row.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top + 2 * row.offsetHeight - list.clientHeight
  }
}

function moveInList(
  event: KeyboardEvent,
  rows: readonly EventRow[],
  current: number,
  onSeek: (index: number) => void,
): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  event.preventDefault()
  event.stopPropagation()
  const down = event.key === 'ArrowDown'
  const next = down ? rows.find((row) => row.index > current) : rows.findLast((row) => row.index < current)
  if (next !== undefined) onSeek(next.index)
}

interface RowsProps {
  readonly rows: readonly EventRow[]
  readonly legs: readonly Leg[]
  readonly current: number
  readonly marks: readonly EventMark[] | null
  readonly onSeek: (index: number) => void
}

function Rows({ rows, legs, current, marks, onSeek }: RowsProps): ReactNode {
  return rows.map((row, at) => {
    const leg = legs.find((each) => row.index >= each.firstEvent && row.index <= each.lastEvent)
    const before = rows[at - 1]
    const opens = leg !== undefined && (before === undefined || before.index < leg.firstEvent)
    return (
      <Row
        key={row.index}
        row={row}
        heading={opens ? leg : null}
        current={row.index === current}
        mark={marks?.[row.index] ?? null}
        onSeek={onSeek}
      />
    )
  })
}

interface RowProps {
  readonly row: EventRow
  readonly heading: Leg | null
  readonly current: boolean
  readonly mark: EventMark | null
  readonly onSeek: (index: number) => void
}

const MARKS = { agrees: '✓', differs: '≠', 'not-observable': '·' } as const
const MARK_WORDS = { agrees: 'as predicted', differs: 'differs', 'not-observable': 'nothing to compare' } as const
const LANE_WORDS = { both: '', predicted: 'predicted only', observed: 'observed only' } as const

const Row = memo(function Row({ row, heading, current, mark, onSeek }: RowProps): ReactNode {
  return (
    <>
      {heading !== null && (
        <div className="event-leg" role="presentation" title={heading.reason}>
          {heading.label}
          {heading.direction === 'reply' ? ' · reply' : ''}
        </div>
      )}
      <div
        id={`event-${row.index}`}
        className={mark === null ? 'event' : `event marked lane-of-${mark.lane} ${mark.parts ? 'parts' : ''}`}
        role="option"
        aria-selected={current}
        title={[`${row.place} · ${row.verdict}`, row.full, mark?.remark ?? ''].filter(Boolean).join('\n')}
        onClick={() => onSeek(row.index)}
      >
        <span className="event-number">{row.index + 1}</span>
        {mark !== null && (
          <span className={`event-mark ${mark.verdict}`}>
            <span aria-hidden="true">{MARKS[mark.verdict]}</span>
            <span className="visually-hidden">{MARK_WORDS[mark.verdict]}</span>
          </span>
        )}
        <span className="event-netns">{row.netns}</span>
        <b>{row.place}</b>
        <span className={`tone-${row.tone}`}>{row.verdict}</span>
        <span>
          {mark !== null && mark.lane !== 'both' && <i className="event-lane">{LANE_WORDS[mark.lane]}</i>}
          {row.detail}
        </span>
        <span className="event-note">{row.note}</span>
      </div>
    </>
  )
})

const KINDS: readonly { readonly kind: KindFilter; readonly label: string }[] = [
  { kind: 'all', label: 'All steps' },
  { kind: 'rules', label: 'Rules and ends' },
  { kind: 'rewrites', label: 'Rewrites' },
  { kind: 'routing', label: 'Routing and delivery' },
  { kind: 'devices', label: 'Devices' },
]

interface FilterBarProps {
  readonly text: string
  readonly kind: KindFilter
  readonly shown: number
  readonly all: number
  readonly onText: (text: string) => void
  readonly onKind: (kind: KindFilter) => void
}

function FilterBar({ text, kind, shown, all, onText, onKind }: FilterBarProps): ReactNode {
  return (
    <div className="event-filter">
      <h2 className="heading">Events</h2>
      <input
        className="input"
        type="search"
        aria-label="Filter events"
        placeholder="Filter: a rule, an address, a device"
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
      <select
        className="speed"
        aria-label="Kind of step"
        value={kind}
        onChange={(event) => onKind(readKind(event.target.value))}
      >
        {KINDS.map((each) => (
          <option key={each.kind} value={each.kind}>
            {each.label}
          </option>
        ))}
      </select>
      <span className="event-count" hidden={all === 0}>
        {shown === all ? '' : `${shown} of `}
        {all === 1 ? '1 step' : `${all} steps`}
      </span>
    </div>
  )
}

function readKind(value: string): KindFilter {
  return KINDS.find((each) => each.kind === value)?.kind ?? 'all'
}
