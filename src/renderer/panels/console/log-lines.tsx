import { memo, type ReactNode, type UIEvent, useEffect, useLayoutEffect, useRef, type WheelEvent } from 'react'
import type { LogLine } from '../../../protocol/manage-methods.ts'
import type { LogContent } from '../../store/console-log.ts'
import { showRow, useRows } from '../watch/use-rows.ts'
import { plainText, shortTime, splitFound } from './find-in-log.ts'

export interface LogLinesProps {
  readonly content: LogContent
  readonly follow: boolean
  readonly times: boolean
  readonly search: string
  /** The index of the line that the search stands on; null where it has found none. */
  readonly current: number | null
  /** The number of the line that was turned to; null as long as nobody has. */
  readonly jump: number | null
  /** What is said in place of lines. */
  readonly empty: string
  readonly onFollow: (follow: boolean) => void
}

/** Height of a row; console.css has the same. */
const ROW = 18

/** So near to the end one follows. */
const NEAR = 4

/** More than the foot has room for: who follows sees the end, before the box has told where it was scrolled to. */
const MOST_AT_END = 80

// The keyboard scrolls what has the focus.
// oxlint-disable jsx-a11y/no-noninteractive-tabindex

/** The lines of a log, newest last. Only those in sight are drawn. */
export function LogLines(props: LogLinesProps): ReactNode {
  const { content, follow, times, search, current, jump, empty, onFollow } = props
  const box = useRef<HTMLDivElement>(null)
  const { lines, first: number } = content
  const inSight = useRows(box, lines.length, ROW, 0)
  const first = follow ? Math.max(0, lines.length - MOST_AT_END) : inSight.first
  const next = follow ? lines.length : inSight.next
  const height = lines.length * ROW
  const end = number + lines.length
  useLayoutEffect(() => {
    if (follow && end > 0 && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [end, follow])
  useEffect(() => {
    if (jump !== null) showRow(box.current, jump - number, ROW, ROW)
  }, [jump, number])
  const atEnd = (element: HTMLElement) => element.scrollTop + element.clientHeight >= element.scrollHeight - NEAR
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    if (follow && !atEnd(currentTarget)) onFollow(false)
  }
  const onWheel = ({ currentTarget, deltaY }: WheelEvent<HTMLElement>) => {
    if (follow && deltaY < 0) onFollow(false)
    else if (!follow && deltaY > 0 && atEnd(currentTarget)) onFollow(true)
  }
  return (
    <div
      className="log-scroll mono"
      ref={box}
      role="log"
      aria-label="Log"
      aria-live="off"
      tabIndex={0}
      onWheel={onWheel}
      onScroll={onScroll}
    >
      {lines.length === 0 && <p className="console-empty">{empty}</p>}
      <div className="log-lines" style={{ height }}>
        <div style={{ transform: `translateY(${first * ROW}px)` }}>
          {lines.slice(first, next).map((line, index) => (
            <LogRow
              key={number + first + index}
              line={line}
              times={times}
              search={search}
              current={first + index === current}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

interface LogRowProps {
  readonly line: LogLine
  readonly times: boolean
  readonly search: string
  readonly current: boolean
}

const LogRow = memo(function LogRow({ line, times, search, current }: LogRowProps): ReactNode {
  const pieces = splitFound(plainText(line), search)
  return (
    <div className={`log-row ${line.stream}${current ? ' current' : ''}`}>
      {times && line.stream !== 'note' && (
        <time title={line.at ?? undefined} dateTime={line.at ?? undefined}>
          {shortTime(line.at)}
        </time>
      )}
      <span className="log-stream" title={STREAMS[line.stream]}>
        {MARKS[line.stream]}
      </span>
      <span>{pieces.map(({ text, found }, index) => (found ? <mark key={`${index}`}>{text}</mark> : text))}</span>
    </div>
  )
})

/** Not by colour alone. */
const MARKS = { stdout: ' ', stderr: 'E', note: '…' } as const
const STREAMS = { stdout: 'standard output', stderr: 'standard error', note: 'said by Hopwire' } as const
