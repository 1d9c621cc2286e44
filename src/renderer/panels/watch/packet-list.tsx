import { memo, type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react'
import type { WatchPacket } from '../../../core/watch/watch.ts'
import { numberWords, packetEnds, packetWords, timeWords, shortWhere, whereWords } from './describe-packet.ts'
import { packetCount } from './format-counts.ts'
import { showRow, useRows } from './use-rows.ts'

export interface PacketListProps {
  readonly kept: { readonly first: number; readonly next: number }
  readonly packets: ReadonlyMap<number, WatchPacket>
  readonly cursor: number | null
  /** False while the ring moves on. */
  readonly still: boolean
  readonly playing: boolean
  readonly onFetch: (from: number, next: number) => void
  readonly onShow: (seq: number) => void
  readonly onStep: (by: 1 | -1) => void
  readonly onPause: () => void
}

/** Heights of a row and of the headings; watch-table.css has the same. */
const ROW = 22
const HEAD = 26
/** A browser cannot draw a list that is higher; the packets before these are reached by stepping. */
const MOST_ROWS = 500_000

// A grid keeps the focus and its keys for all its rows, as the ARIA practices say; only a table lays out its columns.
// oxlint-disable jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/no-noninteractive-tabindex

/** The packets that the ring has, newest last. Only those in sight are fetched and drawn. */
export function PacketList(props: PacketListProps): ReactNode {
  const { kept, still } = props
  const count = kept.next - kept.first
  if (count === 0) return <p className="watch-none">No packet has been kept yet.</p>
  if (!still)
    return (
      <p className="watch-none">
        {packetCount(count)} kept, and more come.{' '}
        <button type="button" className="link" onClick={props.onPause}>
          Pause
        </button>{' '}
        to look at them one by one.
      </p>
    )
  return <Listed {...props} />
}

function Listed({ kept, packets, cursor, playing, onFetch, onShow, onStep }: PacketListProps): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const start = Math.max(kept.first, kept.next - MOST_ROWS)
  const count = kept.next - start
  const { first, next } = useRows(box, count, ROW, HEAD)
  useEffect(() => {
    onFetch(start + first, start + next)
  }, [onFetch, start, first, next])
  useLayoutEffect(() => {
    if (cursor !== null) showRow(box.current, cursor - start, ROW, HEAD)
  }, [cursor, start])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    event.stopPropagation()
    onStep(event.key === 'ArrowDown' ? 1 : -1)
  }
  const drawn = Array.from({ length: Math.max(0, next - first) }, (_, index) => start + first + index)
  return (
    <div className="watch-scroll" ref={box}>
      <table
        className="packet-table mono"
        role="grid"
        aria-label="Packets kept"
        aria-rowcount={count + 1}
        aria-activedescendant={cursor !== null && drawn.includes(cursor) ? `packet-${cursor}` : undefined}
        aria-busy={playing}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            {['No.', 'Time (UTC)', 'Seen at', 'From', 'To', 'Proto', 'What', 'Bytes'].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {drawn.map((seq) => (
            <PacketRow
              key={seq}
              seq={seq}
              index={seq - start}
              packet={packets.get(seq) ?? null}
              current={seq === cursor}
              onShow={onShow}
            />
          ))}
          <Gap rows={count - next} />
        </tbody>
      </table>
    </div>
  )
}

function Gap({ rows }: { readonly rows: number }): ReactNode {
  if (rows <= 0) return null
  return <tr aria-hidden="true" className="watch-gap" style={{ height: rows * ROW }} />
}

interface PacketRowProps {
  readonly seq: number
  readonly index: number
  /** Null until it has come. */
  readonly packet: WatchPacket | null
  readonly current: boolean
  readonly onShow: (seq: number) => void
}

const PacketRow = memo(function PacketRow({ seq, index, packet, current, onShow }: PacketRowProps): ReactNode {
  const [from, to] = packetEnds(packet?.packet ?? null)
  const what = packet === null ? '…' : packetWords(packet.packet, packet.problem)
  const where = packet === null ? '' : whereWords(packet)
  return (
    // The grid itself has the keys for all its rows.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      id={`packet-${seq}`}
      aria-rowindex={index + 2}
      aria-selected={current}
      className={packet?.netns === null ? 'elsewhere' : undefined}
      onClick={() => onShow(seq)}
    >
      <td className="number">{numberWords(seq)}</td>
      <td>{packet === null ? '' : timeWords(packet)}</td>
      <td title={where}>{packet === null ? '' : shortWhere(packet)}</td>
      <td title={from}>{from}</td>
      <td title={to}>{to}</td>
      <td>{packet?.packet?.protocol.toUpperCase() ?? ''}</td>
      <td title={what}>{what}</td>
      <td className="number">{packet?.length ?? ''}</td>
    </tr>
  )
})
