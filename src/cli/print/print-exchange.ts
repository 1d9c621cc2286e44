import type { Exchange, Trace } from '../../core/trace/trace-report.ts'
import { describeDisposition, signOf, arrives } from './describe-disposition.ts'
import { describeKind } from './describe-packet.ts'
import { padTo, render, span, wrap, type Span, textWidth } from './line.ts'
import { columnsFor, printRows, rowsOf } from './print-direction.ts'
import { glyphsOf, type Style } from './style.ts'

/** Whether the exchange takes one line only: it prepares the main one, and was answered. */
export function isCompact(exchange: Exchange, tried: boolean): boolean {
  if (exchange.main || (exchange.protocol !== 'arp' && exchange.protocol !== 'dns')) return false
  const went = arrives(exchange.forward.disposition) && exchange.reply !== null && arrives(exchange.reply.disposition)
  return went && (exchange.protocol === 'arp' || !tried)
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
export function printWhole(exchange: Exchange, tried: boolean, style: Style): readonly string[] {
  const forward = rowsOf(exchange.forward, tried, style)
  const reply = exchange.reply === null ? [] : rowsOf(exchange.reply, tried, style)
  const columns = columnsFor([...forward, ...reply], style)
  const lines = [render(style, [span(exchange.label, 'title')])]
  lines.push(...printHeading('forward', exchange.forward, style), ...printRows(forward, columns, style))
  // The report's closing line says why the main packet ended where it did.
  lines.push(...printFate(exchange.forward, !exchange.main, style))
  if (exchange.reply === null) return lines
  lines.push(...printHeading('reply', exchange.reply, style), ...printRows(reply, columns, style))
  return [...lines, ...printFate(exchange.reply, true, style)]
}

function printHeading(direction: string, trace: Trace, style: Style): readonly string[] {
  const packet = trace.hops[0]?.packet
  const kind = packet === undefined ? '' : `  ${describeKind(packet)}`
  return [render(style, [span(`  ${direction}`, 'dim'), span(kind)])]
}

function printFate(trace: Trace, withReason: boolean, style: Style): readonly string[] {
  const { sign, role } = signOf(trace.disposition, glyphsOf(style))
  const words = describeDisposition(trace.disposition)
  return hang([span(`    ${sign} `, role), span(words, role)], withReason ? trace.reason : '', style)
}

/** A sign and words, then a sentence that goes on below itself. */
export function hang(start: readonly Span[], sentence: string, style: Style): readonly string[] {
  const head = start.map((piece) => piece.text).join('')
  const prefix = `${head}: `
  const margin = head.length - head.trimStart().length + 2
  const [first, ...rest] = wrap(sentence, style.width - textWidth(prefix))
  const tail = rest.length === 0 ? [] : wrap(rest.join(' '), style.width - margin)
  return [
    render(style, sentence === '' ? start : [...start, span(`: ${first ?? ''}`)]),
    ...tail.map((text) => render(style, [span(' '.repeat(margin) + text)])),
  ]
}
