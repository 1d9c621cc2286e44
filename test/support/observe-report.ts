import type { Evidence } from '../../src/core/trace/evidence.ts'
import type { Step } from '../../src/core/trace/step.ts'
import type { Exchange, Hop, Trace, TraceReport } from '../../src/core/trace/trace-report.ts'

/** Returns the report that an observation of exactly what was predicted gives: times at the frames, evidence at the steps. */
export function observeReport(predicted: TraceReport): TraceReport {
  let clock = 0
  const observeHop = (hop: Hop): Hop => ({
    ...hop,
    frames: hop.frames.map((frame) => {
      const at = Math.round(clock * 10) / 10
      clock += 4.7
      return { ...frame, at, sourceMac: null }
    }),
    steps: hop.steps.map((step): Step => observeStep(step)),
  })
  const observeTrace = (trace: Trace): Trace => ({ ...trace, hops: trace.hops.map(observeHop) })
  return {
    ...predicted,
    origin: 'observed',
    exchanges: predicted.exchanges.map((exchange) => ({
      ...exchange,
      forward: observeTrace(exchange.forward),
      reply: exchange.reply === null ? null : observeTrace(exchange.reply),
    })),
    warnings: [],
  }
}

function observeStep(step: Step): Step {
  const evidence = { basis: basisOf(step) }
  if (step.kind !== 'rule' && step.kind !== 'policy') return { ...step, evidence }
  const { tried: _, ...rest } = step
  return { ...rest, evidence }
}

function basisOf(step: Step): Evidence['basis'] {
  switch (step.kind) {
    case 'rule':
    case 'policy':
      return 'nft-trace'
    case 'drop':
      return 'drop-reason'
    case 'originate':
    case 'enter':
    case 'exit':
    case 'cross':
    case 'deliver':
    case 'proxy':
      return 'frame'
    default:
      return 'prediction'
  }
}

/** Returns a report with one of its traces changed. */
export function changeTrace(
  report: TraceReport,
  which: { readonly exchange: number; readonly direction: 'forward' | 'reply' },
  edit: (trace: Trace) => Trace,
): TraceReport {
  const change = (exchange: Exchange): Exchange => {
    const trace = exchange[which.direction]
    return trace === null ? exchange : { ...exchange, [which.direction]: edit(trace) }
  }
  return { ...report, exchanges: report.exchanges.map((each, at) => (at === which.exchange ? change(each) : each)) }
}

/** Returns a trace with one of its hops changed. */
export function changeHop(trace: Trace, index: number, edit: (hop: Hop) => Hop): Trace {
  return { ...trace, hops: trace.hops.map((hop, at) => (at === index ? edit(hop) : hop)) }
}

/**
 * Returns an observed main exchange that a new rule of DOCKER-USER has dropped: the jump there, then the rule, and nothing
 * of what was predicted after it.
 */
export function dropInDockerUser(observed: TraceReport, rule: string): TraceReport {
  const at = observed.exchanges.findIndex((exchange) => exchange.main)
  const reason = `Dropped by iptables table filter, chain DOCKER-USER: ${rule}`
  return {
    ...observed,
    disposition: 'dropped',
    reason,
    exchanges: observed.exchanges.map((exchange, index) =>
      index === at ? { ...exchange, forward: cutAtDockerUser(exchange.forward, rule, reason), reply: null } : exchange,
    ),
  }
}

function cutAtDockerUser(trace: Trace, rule: string, reason: string): Trace {
  const jumps = (step: Step) => step.kind === 'rule' && step.target === 'DOCKER-USER'
  const hopAt = trace.hops.findIndex((hop) => hop.steps.some(jumps))
  const hop = trace.hops[hopAt] as Hop
  const jump = hop.steps.findIndex(jumps)
  const before = hop.steps[jump] as Extract<Step, { kind: 'rule' }>
  const drop: Step = { ...before, chain: 'DOCKER-USER', rule, verdict: 'drop', target: 'DROP', why: reason }
  const steps = [...hop.steps.slice(0, jump + 1), drop]
  return { disposition: 'dropped', reason, hops: [...trace.hops.slice(0, hopAt), { ...hop, steps }] }
}
