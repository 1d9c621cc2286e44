import type { Agreement, Judgement, LineComparison } from './agreement.ts'
import { describeFrame } from './compare-frames.ts'
import type { HopComparison } from './compare-hops.ts'
import type { ExchangeComparison } from './compare-reports.ts'
import { formatStep } from './format-trace.ts'
import type { LiveReport } from './live-report.ts'
import type { Step } from './step.ts'
import type { Exchange, Hop, Trace } from './trace-report.ts'
import { wordVerdict } from './word-verdict.ts'
import { widthOfText, wrapText } from './wrap-text.ts'

/** The mark between the columns. */
const MARKS: Readonly<Record<Agreement, string>> = { agrees: '=', differs: '!', 'not-observable': '.' }

/**
 * Returns a live trace for a terminal of `width` columns (at least 60): what was predicted at the left, what was observed at
 * the right with the microseconds since the first frame, a mark for each line between them (`=` agrees, `!` differs, `.`
 * not observable); then where the two part, and what was done without. Long rules wrap; nothing is cut.
 */
export function formatComparison(live: LiveReport, width: number): string {
  const table: Table = { live, column: Math.floor((Math.max(60, width) - 3) / 2) }
  const { flow, engine } = live.observed
  const text = [
    `${flow.from} -> ${flow.to} ${flow.protocol} on ${engine.name} ${engine.version}, live`,
    '= agrees   ! differs   . not observable',
    '',
    ...row(table, 'predicted', ' ', 'observed'),
    ...live.comparison.exchanges.flatMap((exchange) => formatExchange(table, exchange)),
    '',
    ...formatEnd(live).flatMap((sentence) => wrapText(sentence, Math.max(60, width), 2)),
  ]
  return text.map((line) => line.trimEnd()).join('\n')
}

interface Table {
  readonly live: LiveReport
  readonly column: number
}

/** The verdict, then what is lacking. `!` first, so that a script finds it. */
function formatEnd(live: LiveReport): readonly string[] {
  const { lacks, timing, observed } = live
  const { agreement, sentence } = wordVerdict(live)
  const took = timing.firstHop === null ? '' : `, the first hop was seen after ${Math.round(timing.firstHop)} ms`
  return [
    `${MARKS[agreement]} ${sentence}`,
    ...lacks.map((lack) => `- without: ${lack}`),
    ...observed.warnings.filter((warning) => !lacks.includes(warning)).map((warning) => `- ${warning}`),
    `Watching took ${Math.round(timing.ready)} ms to begin${took}, the whole ${Math.round(timing.whole)} ms.`,
  ]
}

function formatExchange(table: Table, exchange: ExchangeComparison): readonly string[] {
  const { predicted, observed } = table.live
  const left = exchangeAt(predicted.exchanges, exchange.predicted)
  const right = exchangeAt(observed.exchanges, exchange.observed)
  const head = ['', `== ${exchange.label}${(left ?? right)?.main === true ? ' (main)' : ''}`]
  if (left === null || right === null) return [...head, ...formatLone(table, exchange, left, right)]
  return [
    ...head,
    ...formatWay(table, exchange.forward, exchange.fates.forward, left.forward, right.forward),
    ...(left.reply === null && right.reply === null ? [] : ['  reply']),
    ...formatWay(table, exchange.reply, exchange.fates.reply, left.reply, right.reply),
  ]
}

function formatLone(
  table: Table,
  exchange: ExchangeComparison,
  left: Exchange | null,
  right: Exchange | null,
): readonly string[] {
  const [a, b] = [left, right].map((side) => (side === null ? '' : side.forward.reason))
  return row(table, a ?? '', MARKS[exchange.verdict], b === '' ? (exchange.remark ?? '') : (b ?? ''))
}

function exchangeAt(exchanges: readonly Exchange[], index: number | null): Exchange | null {
  return index === null ? null : (exchanges[index] ?? null)
}

function formatWay(
  table: Table,
  hops: readonly HopComparison[],
  fate: Judgement | null,
  left: Trace | null,
  right: Trace | null,
): readonly string[] {
  const lines = hops.flatMap((hop) => formatHop(table, hop, left, right))
  if (fate === null) return lines
  const [a, b] = [left, right].map((trace) => (trace === null ? 'nothing' : `-> ${trace.disposition}: ${trace.reason}`))
  return [...lines, ...row(table, a ?? '', MARKS[fate.verdict], b ?? '')]
}

function formatHop(table: Table, hop: HopComparison, left: Trace | null, right: Trace | null): readonly string[] {
  const [a, b] = [hopAt(left, hop.predicted), hopAt(right, hop.observed)]
  const lines = hop.lines.filter((line) => line.verdict === 'differs' || isTelling(stepOf(line, a, b)))
  const head = row(table, a === null ? '' : hop.place, MARKS[hop.verdict], b === null ? '' : hop.place)
  return [
    ...head,
    ...lines.flatMap((line) =>
      row(table, wordLine(line, 'predicted', a), MARKS[line.verdict], wordLine(line, 'observed', b), 2),
    ),
  ]
}

function hopAt(trace: Trace | null, index: number | null): Hop | null {
  return index === null ? null : (trace?.hops[index] ?? null)
}

function stepOf(line: LineComparison, left: Hop | null, right: Hop | null): Step | null {
  if (line.part === 'frame') return null
  const a = line.predicted === null ? undefined : left?.steps[line.predicted]
  return a ?? (line.observed === null ? undefined : right?.steps[line.observed]) ?? null
}

/** That a packet enters and leaves a device is what its frames say; connections and neighbours decide nothing here. */
function isTelling(step: Step | null): boolean {
  return (
    step === null || ['rule', 'policy', 'route', 'bridge', 'drop', 'unknown', 'deliver', 'proxy'].includes(step.kind)
  )
}

function wordLine(line: LineComparison, side: 'predicted' | 'observed', hop: Hop | null): string {
  const index = line[side]
  if (index === null || hop === null) return side === 'observed' && line.predicted !== null ? '-' : ''
  if (line.part === 'step') {
    const step = hop.steps[index]
    return step === undefined ? '' : wordStep(step)
  }
  const frame = hop.frames[index]
  if (frame === undefined) return ''
  const seen = `[${frame.direction}] ${describeFrame(frame)}`
  if (side === 'predicted') return seen
  return frame.at === undefined ? '(inferred)' : `${seen} +${frame.at.toFixed(1)} us`
}

/** Returns a step in few words; on what it rests, where that is not the kernel's rule trace or a frame. */
function wordStep(step: Step): string {
  const { basis } = step.evidence
  if (basis === 'prediction') return '(inferred)'
  const by = basis === 'counter' || basis === 'drop-reason' ? ` (${basis.replace('-', ' ')})` : ''
  if (step.kind === 'rule') return `${step.family === 'ip' ? '' : `${step.family} `}${step.table} ${step.rule}${by}`
  if (step.kind === 'policy')
    return `${step.family === 'ip' ? '' : `${step.family} `}${step.table} ${step.chain} policy ${step.verdict.toUpperCase()}${by}`
  return formatStep({ ...step, diff: [] }) + by
}

/** Both sides of one line, below each other where they wrap. The mark stands at the first line. */
function row(table: Table, left: string, mark: string, right: string, indent = 0): readonly string[] {
  const margin = ' '.repeat(indent)
  const wrap = (text: string) =>
    text === '' ? [] : wrapText(text, table.column - indent, 2).map((line) => margin + line)
  const [a, b] = [wrap(left), wrap(right)]
  return Array.from({ length: Math.max(a.length, b.length, 1) }, (_, at) => {
    const first = a[at] ?? ''
    const gap = ' '.repeat(Math.max(0, table.column - widthOfText(first)))
    return `${first}${gap} ${at === 0 ? mark : ' '} ${b[at] ?? ''}`
  })
}
