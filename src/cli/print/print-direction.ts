import type { Trace } from '../../core/trace/trace-report.ts'
import type { Detail } from './describe-step.ts'
import { hopRows, type HopRow } from './hop-rows.ts'
import { padTo, render, shorten, span, wrap, type Span, textWidth } from './line.ts'
import { glyphsOf, type Style } from './style.ts'

/** Widths of the columns, common to both directions of an exchange so that they line up. */
export interface Columns {
  readonly netns: number
  readonly device: number
  readonly direction: number
  readonly src: number
  readonly dst: number
}

const INDENT = 4
const NOTE_INDENT = 8
const GAP = 2

/** The columns that fit the rows. Where the line would be too long, names are shortened; addresses never are. */
export function columnsFor(rows: readonly HopRow[], style: Style): Columns {
  const longest = (cell: (row: HopRow) => string) => Math.max(0, ...rows.map((row) => textWidth(cell(row))))
  // One more for the mark of a rewritten address.
  const [src, dst] = [longest((row) => row.src) + 1, longest((row) => row.dst) + 1]
  const direction = longest((row) => row.direction)
  const ttl = longest((row) => row.ttl)
  const arrow = glyphsOf(style).arrow.length + 1
  const room = style.width - INDENT - 5 * GAP - direction - src - dst - ttl - arrow
  const [netns, device] = shareRoom(
    longest((row) => row.netns),
    longest((row) => row.device),
    room,
  )
  return { netns, device, direction, src, dst }
}

/** Two names share what there is; a short one leaves its rest to the other. Below ten columns they overflow instead. */
function shareRoom(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second]
  const half = Math.max(10, Math.floor(room / 2))
  if (second <= half) return [Math.max(10, room - second), second]
  if (first <= half) return [first, Math.max(10, room - first)]
  return [half, half]
}

/** Rows of a trace for a style. */
export function rowsOf(trace: Trace, detail: Detail, style: Style): readonly HopRow[] {
  return hopRows(trace, detail, glyphsOf(style).arrow)
}

/** The rows as lines, each with its notes below it. */
export function printRows(rows: readonly HopRow[], columns: Columns, style: Style): readonly string[] {
  return rows.flatMap((row) => [render(style, rowSpans(row, columns, style)), ...printNotes(row, style)])
}

function rowSpans(row: HopRow, columns: Columns, style: Style): readonly Span[] {
  const { arrow, ellipsis } = glyphsOf(style)
  const cell = (spans: readonly Span[], width: number) => padTo(spans, width + GAP)
  return [
    span(' '.repeat(INDENT)),
    ...cell([span(shorten(row.netns, columns.netns, ellipsis), 'place')], columns.netns),
    ...cell(
      [span(shorten(row.device, columns.device, ellipsis), row.direction === '' ? 'dim' : 'plain')],
      columns.device,
    ),
    ...cell([span(row.direction, 'dim')], columns.direction),
    ...cell(address(row.src, row.changed.src), columns.src),
    span(`${arrow} `, 'dim'),
    ...cell(address(row.dst, row.changed.dst), columns.dst),
    span(row.ttl, 'dim'),
  ]
}

/** A star before what was rewritten, in colour and without, so that a copied text says it too. */
function address(text: string, changed: boolean): readonly Span[] {
  return changed ? [span(`*${text}`, 'changed')] : [span(` ${text}`)]
}

function printNotes(row: HopRow, style: Style): readonly string[] {
  const tagWidth = Math.max(6, ...row.notes.map((note) => textWidth(note.tag)))
  const margin = NOTE_INDENT + tagWidth + GAP
  return row.notes.flatMap((note) =>
    wrap(note.text, style.width - margin).map((text, index) => {
      const tag = padTo([span(' '.repeat(NOTE_INDENT)), span(index === 0 ? note.tag : '', 'dim')], margin)
      return render(style, [...tag, span(text, note.role)])
    }),
  )
}
