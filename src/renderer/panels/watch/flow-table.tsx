import { memo, type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react'
import type { WatchFlow } from '../../../core/watch/watch.ts'
import { byteWords, clockWords, countWords, rateWords } from './format-counts.ts'
import {
  bytesOf,
  type FlowColumn,
  type FlowOrder,
  filterFlows,
  natWords,
  packetsOf,
  sortFlows,
  stateWords,
  tupleWords,
} from './list-flows.ts'
import { useHeldRows } from './use-held-rows.ts'
import { showRow, useRows } from './use-rows.ts'

export interface FlowTableProps {
  readonly flows: ReadonlyMap<number, WatchFlow>
  /** Milliseconds since the watch began. */
  readonly elapsed: number
  readonly filter: string
  readonly order: FlowOrder
  readonly selected: number | null
  /** Said instead of rows when there is no flow at all. */
  readonly none: string
  readonly onOrder: (column: FlowColumn) => void
  readonly onSelect: (id: number) => void
  readonly onTrace: (flow: WatchFlow) => void
}

interface Column {
  readonly column: FlowColumn
  readonly label: string
  readonly title: string
}

const COLUMNS: readonly Column[] = [
  { column: 'from', label: 'From', title: 'Who began, and the source as it was sent' },
  { column: 'to', label: 'To', title: 'Where it really leads, and the destination as it was sent' },
  { column: 'protocol', label: 'Proto', title: 'Protocol' },
  { column: 'packets', label: 'Packets', title: 'Packets of both directions' },
  { column: 'bytes', label: 'Bytes', title: 'Bytes of both directions' },
  { column: 'rate', label: 'Rate', title: 'Packets and bytes of the last second' },
  { column: 'state', label: 'State', title: 'What connection tracking says' },
  { column: 'nat', label: 'NAT', title: 'What is translated, and to what' },
  { column: 'age', label: 'Age', title: 'Since its first packet was seen' },
]

/** Heights of a row and of the headings; watch-table.css has the same. */
const ROW = 24
const HEAD = 26

// A grid keeps the focus and its keys for all its rows, as the ARIA practices say; only a table lays out its columns.
// oxlint-disable jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/no-noninteractive-tabindex

/** The flows that are there, sorted and filtered; only the rows in sight are drawn. Arrows choose a row, Enter traces it. */
export function FlowTable(props: FlowTableProps): ReactNode {
  const { flows, filter, order, selected, elapsed } = props
  const sorted = useMemo(() => sortFlows(filterFlows(flows.values(), filter), order), [flows, filter, order])
  const held = useHeldRows(sorted, `${order.column} ${order.descending} ${filter}`)
  const { rows } = held
  const box = useRef<HTMLDivElement>(null)
  const { first, next } = useRows(box, rows.length, ROW, HEAD)
  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to))
    const row = rows[index]
    if (row === undefined) return
    props.onSelect(row.id)
    showRow(box.current, index, ROW, HEAD)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex(({ id }) => id === selected)
    const row = rows[at]
    if (event.target !== event.currentTarget) return
    const to = rowFor(event.key, at, rows.length)
    if (event.key === 'Enter' && row !== undefined) props.onTrace(row)
    else if (to !== null) move(to)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const active = rows.slice(first, next).some(({ id }) => id === selected) ? `flow-${selected}` : undefined
  return (
    <div className="watch-scroll" ref={box} onPointerLeave={held.release}>
      <table
        className="flow-table"
        role="grid"
        aria-label="Flows"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={active}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <Headings order={order} onOrder={props.onOrder} />
        <tbody onPointerMove={held.hold}>
          <Gap rows={first} />
          {rows.slice(first, next).map((flow, index) => (
            <FlowRow
              key={flow.id}
              flow={flow}
              index={first + index}
              selected={flow.id === selected}
              age={clockWords(elapsed - flow.firstSeen)}
              onSelect={props.onSelect}
              onTrace={props.onTrace}
            />
          ))}
          <Gap rows={rows.length - next} />
        </tbody>
      </table>
      {held.waiting > 0 && <p className="watch-waiting">{waitWords(held.waiting)}</p>}
      {rows.length === 0 && <p className="watch-none">{flows.size === 0 ? props.none : noneMatches(flows.size)}</p>}
    </div>
  )
}

function waitWords(rows: number): string {
  return `${countWords(rows)} more wait until the pointer leaves the rows`
}

function noneMatches(flows: number): string {
  return `No flow matches. Clear the filter to see all ${countWords(flows)}.`
}

/** Returns the row that a key leads to from row `at` (-1: none), outside of the rows too; null where it leads nowhere. */
function rowFor(key: string, at: number, rows: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return at + 1
    case 'ArrowUp':
      return at < 0 ? 0 : at - 1
    case 'PageDown':
      return at + 10
    case 'PageUp':
      return at - 10
    case 'Home':
      return 0
    case 'End':
      return rows - 1
    default:
      return null
  }
}

/** Stands for the rows that are not drawn. */
function Gap({ rows }: { readonly rows: number }): ReactNode {
  if (rows <= 0) return null
  return <tr aria-hidden="true" className="watch-gap" style={{ height: rows * ROW }} />
}

function Headings({ order, onOrder }: Pick<FlowTableProps, 'order' | 'onOrder'>): ReactNode {
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ column, label, title }) => {
          const sorted = order.column === column
          return (
            <th
              key={column}
              scope="col"
              className={`flow-${column}`}
              aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" title={`${title}. Press to sort.`} onClick={() => onOrder(column)}>
                {label}
                <span aria-hidden="true">{sorted ? (order.descending ? ' ▾' : ' ▴') : ''}</span>
              </button>
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

interface FlowRowProps {
  readonly flow: WatchFlow
  readonly index: number
  readonly selected: boolean
  readonly age: string
  readonly onSelect: (id: number) => void
  readonly onTrace: (flow: WatchFlow) => void
}

const FlowRow = memo(function FlowRow({ flow, index, selected, age, onSelect, onTrace }: FlowRowProps): ReactNode {
  const [source, destination] = tupleWords(flow.original)
  const nat = natWords(flow)
  const state = stateWords(flow)
  const silent = flow.packetsPerSecond === 0
  return (
    // The grid itself has the keys for all its rows.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      id={`flow-${flow.id}`}
      className={flow.ended ? 'flow ended' : 'flow'}
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={() => onSelect(flow.id)}
      onDoubleClick={() => onTrace(flow)}
    >
      <EndCell name={flow.from.name} tuple={source} />
      <EndCell name={flow.to.name} tuple={destination} />
      <td className={`flow-protocol proto-${flow.protocol}`}>{flow.protocol.toUpperCase()}</td>
      <td className="number">{countWords(packetsOf(flow))}</td>
      <td className="number">{byteWords(bytesOf(flow))}</td>
      <td className="number">
        {silent ? '' : `${rateWords(flow.packetsPerSecond)} · ${byteWords(flow.bytesPerSecond)}/s`}
      </td>
      <td title={state}>{state}</td>
      <td className="mono flow-nat" title={nat}>
        {nat}
      </td>
      <td className="number">{age}</td>
    </tr>
  )
})

function EndCell({ name, tuple }: { readonly name: string; readonly tuple: string }): ReactNode {
  // The outside is called by its address, which the tuple says already.
  const named = !tuple.includes(name)
  return (
    <td title={named ? `${name} ${tuple}` : tuple}>
      {named && <b>{name} </b>}
      <span className="mono">{tuple}</span>
    </td>
  )
}
