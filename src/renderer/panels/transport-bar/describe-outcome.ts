import type { Step } from '../../../core/trace/step.ts'
import type { Exchange, Trace, TraceReport } from '../../../core/trace/trace-report.ts'

/** The whole report in a few words, for the end of the transport bar. `full` is its tooltip. */
export interface Outcome {
  readonly tone: 'good' | 'bad' | 'doubt'
  readonly text: string
  readonly full: string
}

/** Returns what became of the main exchange, the reply included. */
export function describeOutcome(report: TraceReport): Outcome {
  const main = report.exchanges.find((exchange) => exchange.main)
  const full = report.reason
  switch (report.disposition) {
    case 'delivered':
    case 'leaves-host':
      return main === undefined ? { tone: 'good', text: report.disposition, full } : describeReply(main, full)
    case 'cannot-tell':
      return { tone: 'doubt', text: 'cannot tell', full }
    case 'dropped':
    case 'rejected': {
      const by = main === undefined ? null : culprit(main.forward)
      return { tone: 'bad', text: by === null ? report.disposition : `${report.disposition} by ${by}`, full }
    }
    default:
      return { tone: 'bad', text: report.disposition.replaceAll('-', ' '), full }
  }
}

function describeReply(main: Exchange, full: string): Outcome {
  if (main.reply === null) {
    const text = main.forward.disposition === 'leaves-host' ? 'leaves the host' : 'delivered, no reply'
    return { tone: 'good', text, full }
  }
  const { disposition, reason } = main.reply
  if (disposition === 'delivered' || disposition === 'leaves-host') return { tone: 'good', text: 'reply returns', full }
  const tone = disposition === 'cannot-tell' ? 'doubt' : 'bad'
  return { tone, text: `reply: ${disposition.replaceAll('-', ' ')}`, full: reason }
}

/** Returns the chain, or the short kernel reason, at which a trace ended. */
function culprit(trace: Trace): string | null {
  const steps = trace.hops.flatMap((hop) => hop.steps)
  for (const step of steps.toReversed()) {
    const name = nameOfEnd(step)
    if (name !== null) return name
  }
  return null
}

function nameOfEnd(step: Step): string | null {
  if (step.kind === 'rule' && (step.verdict === 'drop' || step.verdict === 'reject')) return step.chain
  if (step.kind === 'policy' && step.verdict === 'drop') return `the policy of ${step.chain}`
  return step.kind === 'bridge' && step.decision === 'drop' ? step.bridge : null
}
