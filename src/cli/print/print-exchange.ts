import { isNeighborExchange } from '../../core/trace/is-neighbor-exchange.ts'
import type { Exchange, Trace } from '../../core/trace/trace-report.ts'
import { arrives, signOf } from './describe-disposition.ts'
import { describeKind } from './describe-packet.ts'
import type { Detail } from './describe-step.ts'
import { padTo, render, span } from './line.ts'
import { columnsFor, printRows, rowsOf } from './print-direction.ts'
import { printFate } from './print-fate.ts'
import { glyphsOf, type Style } from './style.ts'

const FATE_INDENT = 4

/** Whether the exchange takes one line only: it prepares the main one, and was answered. */
export function isCompact(exchange: Exchange, tried: boolean): boolean {
  if (exchange.main || (!isNeighborExchange(exchange) && exchange.protocol !== 'dns')) return false
  const went = arrives(exchange.forward.disposition) && exchange.reply !== null && arrives(exchange.reply.disposition)
  return went && (isNeighborExchange(exchange) || !tried)
}

/** `DNS facebook.com  container:c1 eth0 → host ens5  ✓ answered`; labels are padded to a common width. */
export function printCompact(exchange: Exchange, labelWidth: number, style: Style): string {
  const { arrow } = glyphsOf(style)
  const ends = [exchange.forward.hops[0], exchange.forward.hops.at(-1)]
  const places = ends.map((hop) => (hop === undefined ? '?' : [hop.netns, hop.device].filter(Boolean).join(' ')))
  const { sign, role } = signOf(exchange.forward.disposition, glyphsOf(style))
  const label = padTo([span(exchange.label, 'title')], labelWidth + 2)
  return render(style, [
    ...label,
    span(`${places.join(` ${arrow} `)}  `),
    span(`${sign} `, role),
    span('answered', 'dim'),
  ])
}

/** An exchange hop by hop: both directions, and what became of each. */
export function printWhole(exchange: Exchange, detail: Detail, style: Style): readonly string[] {
  const forward = rowsOf(exchange.forward, detail, style)
  const reply = exchange.reply === null ? [] : rowsOf(exchange.reply, detail, style)
  const columns = columnsFor([...forward, ...reply], style)
  const lines = [render(style, [span(exchange.label, 'title')])]
  lines.push(...printHeading('forward', exchange.forward, style), ...printRows(forward, columns, style))
  // The report's closing line says why the main packet ended where it did.
  const reason = exchange.main ? '' : exchange.forward.reason
  lines.push(...printFate(exchange.forward.disposition, reason, FATE_INDENT, style))
  if (exchange.reply === null) return lines
  lines.push(...printHeading('reply', exchange.reply, style), ...printRows(reply, columns, style))
  return [...lines, ...printFate(exchange.reply.disposition, exchange.reply.reason, FATE_INDENT, style)]
}

function printHeading(direction: string, trace: Trace, style: Style): readonly string[] {
  const packet = trace.hops[0]?.packet
  const kind = packet === undefined ? '' : `  ${describeKind(packet)}`
  return [render(style, [span(`  ${direction}`, 'dim'), span(kind)])]
}
