import type { Flow } from '../../core/trace/flow.ts'
import { isAllSynth } from '../../core/trace/is-all-synth.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import { describeProtocol } from './describe-packet.ts'
import { render, span } from './line.ts'
import { isCompact, printCompact, printWhole } from './print-exchange.ts'
import { printFate, printWarning } from './print-fate.ts'
import { glyphsOf, type Style } from './style.ts'

/** A report for a reader, as lines without their ends. `tried` shows every step, and the rules that did not match. */
export function printReport(report: TraceReport, tried: boolean, style: Style): readonly string[] {
  const detail = { all: tried, synthSaid: isAllSynth(report) }
  const lines = [...printHeader(report, detail.synthSaid, style)]
  const compact = report.exchanges.filter((exchange) => isCompact(exchange, tried))
  const labelWidth = Math.max(0, ...compact.map((exchange) => exchange.label.length))
  let compactBefore = false
  for (const exchange of report.exchanges) {
    const short = compact.includes(exchange)
    if (!(short && compactBefore)) lines.push('')
    lines.push(...(short ? [printCompact(exchange, labelWidth, style)] : printWhole(exchange, detail, style)))
    compactBefore = short
  }
  lines.push('', ...printFate(report.disposition, report.reason, 0, style))
  for (const warning of report.warnings) lines.push(...printWarning(warning, style))
  return lines
}

function printHeader(report: TraceReport, allSynth: boolean, style: Style): readonly string[] {
  const { arrow, dash } = glyphsOf(style)
  const packet = report.exchanges.find((exchange) => exchange.main)?.forward.hops[0]?.packet
  const { flow, engine } = report
  const title = [
    span(describeParty(flow.from, packet?.src), 'title'),
    span(` ${arrow} `, 'dim'),
    span(describeParty(flow.to, packet?.dst), 'title'),
    span(`, ${describeFlowKind(flow)}`),
  ]
  const under = `${engineName(engine.name)} ${engine.version}`.trim() + ` ${dash} ${report.origin}`
  const basis = allSynth ? ', all of it as Docker would write it' : ''
  return [render(style, title), render(style, [span(`${under}${basis}`, 'dim')])]
}

/** `facebook.com 203.0.113.80`; an address that was asked for is not said twice. */
function describeParty(written: string, address: string | undefined): string {
  return address === undefined || written === address || written === `external:${address}`
    ? written
    : `${written} ${address}`
}

function describeFlowKind(flow: Flow): string {
  const name = describeProtocol(flow.protocol)
  if (flow.protocol === 'icmp') return `${name} echo`
  const source = flow.sourcePort === undefined ? '' : ` from port ${flow.sourcePort}`
  return `${name} port ${flow.destinationPort ?? '?'}${source}`
}

/** The state has the engine's name in lower case. */
function engineName(name: string): string {
  return name === 'none' ? 'no engine' : name.charAt(0).toUpperCase() + name.slice(1)
}
