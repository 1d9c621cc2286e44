import { formatEnd, formatPayload } from '../net/format-packet.ts'
import type { FieldDiff } from '../net/packet.ts'
import type { Step } from './step.ts'
import type { Exchange, Frame, Hop, Trace, TraceReport } from './trace-report.ts'

/**
 * Returns a whole report as plain text, a hop, frame or step to a line, for golden files and logs. Nothing is shortened
 * and nothing depends on a terminal.
 */
export function formatReport(report: TraceReport): string {
  const { flow } = report
  const head = [
    `${flow.from} -> ${flow.to} ${flow.protocol} on ${report.engine.name} ${report.engine.version}: ${report.disposition}`,
    report.reason,
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ]
  return [...head, ...report.exchanges.map(formatExchange)].join('\n')
}

/** Returns one exchange: its label, the forward trace and the reply, or a line that says that nothing comes back. */
function formatExchange(exchange: Exchange): string {
  const main = exchange.main ? ' (main)' : ''
  const reply = exchange.reply === null ? ['  no reply'] : ['  reply', formatTrace(exchange.reply)]
  return [`== ${exchange.label}${main}`, '  forward', formatTrace(exchange.forward), ...reply].join('\n')
}

/** Returns one trace: its hops, then its disposition and reason. */
export function formatTrace(trace: Trace): string {
  return [...trace.hops.map(formatHop), `    = ${trace.disposition}: ${trace.reason}`].join('\n')
}

/** Returns one hop: its place, its frames, its steps. */
function formatHop(hop: Hop): string {
  const place = `    ${hop.netns} ${hop.device ?? '-'} (${hop.kind})`
  const frames = hop.frames.map((frame) => `      ${formatFrame(frame)}`)
  const steps = hop.steps.map((step) => `      ${formatStep(step)}`)
  return [place, ...frames, ...steps].join('\n')
}

/** Returns one frame as tcpdump would word it. */
export function formatFrame(frame: Frame): string {
  const macs = `${frame.sourceMac ?? '?'} > ${frame.destinationMac ?? '?'}`
  if (frame.arp !== undefined) {
    const what =
      frame.arp === 'request' ? `who-has ${frame.dst} tell ${frame.src}` : `reply ${frame.src} to ${frame.dst}`
    return `[${frame.direction}] ARP ${what} (${macs})`
  }
  const family = frame.src.includes(':') ? 6 : 4
  const ends = `${formatEnd(frame.src, frame.sourcePort)} > ${formatEnd(frame.dst, frame.destinationPort)}`
  const payload =
    frame.icmp === undefined
      ? frame.protocol.toUpperCase()
      : formatPayload({ ...frame, family, dontFragment: false, protocol: family === 4 ? 'icmp' : 'icmpv6' })
  return `[${frame.direction}] ${ends} ${payload} ttl ${frame.ttl} length ${frame.length} (${macs})`
}

/** Returns one step in one line: what happened, then what it changed. */
export function formatStep(step: Step): string {
  const diff = step.diff.length === 0 ? '' : ` {${step.diff.map(formatDiff).join(', ')}}`
  return `${step.kind}: ${describeStep(step)}${diff}`
}

function formatDiff(diff: FieldDiff): string {
  return `${diff.field} ${diff.before} -> ${diff.after}`
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case 'originate':
      return `by ${step.by}`
    case 'enter':
    case 'exit':
      return step.device
    case 'bridge':
      return `${step.bridge} ${step.decision} ${step.ports.join(' ')}`.trimEnd()
    case 'route':
      return `${step.decision} ${step.route ?? 'none'}${step.table === null ? '' : ` table ${step.table}`}`
    case 'rule':
      return `${step.family} ${step.table} ${step.rule} [${step.hook}] ${step.verdict} ${step.target}`.trimEnd()
    case 'policy':
      return `${step.family} ${step.table} ${step.chain} [${step.hook}] policy ${step.verdict}`
    case 'conntrack':
      return `${step.action} ${step.state} ${step.entry}`
    case 'neighbor':
      return `${step.address} dev ${step.device} ${step.mac ?? 'no answer'} ${step.state}`
    case 'cross':
      return `${step.device} to ${step.toNetns} ${step.toDevice}`
    case 'encapsulate':
    case 'decapsulate':
      return `${step.device} ${step.protocol}`
    case 'proxy':
      return `${step.process} listens ${step.listens} connects ${step.connects}`
    case 'deliver':
      return [step.to, step.socket, step.process].filter((part) => part !== null).join(' ')
    case 'drop':
      return step.reason
    case 'unknown':
      return step.what
    default:
      return step satisfies never
  }
}
