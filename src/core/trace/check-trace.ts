import type { Disposition } from './disposition.ts'
import type { Step, StepKind } from './step.ts'
import type { Exchange, Hop, Trace, TraceReport } from './trace-report.ts'

/** A broken invariant: where, and what both sides are. */
export interface TraceViolation {
  readonly at: string
  readonly message: string
}

/** The kinds of step that a trace of this disposition may end with. */
const LAST_STEPS: Readonly<Record<Disposition, readonly StepKind[]>> = {
  delivered: ['deliver', 'proxy'],
  'leaves-host': ['exit', 'enter', 'proxy'],
  dropped: ['drop', 'rule', 'policy', 'proxy', 'bridge'],
  rejected: ['rule', 'drop', 'proxy'],
  'no-route': ['route', 'drop', 'proxy'],
  'neighbor-unreachable': ['neighbor', 'proxy'],
  'nothing-listening': ['drop', 'proxy'],
  loop: ['drop', 'proxy'],
  'ttl-exceeded': ['drop', 'proxy'],
  'too-big': ['drop', 'proxy'],
  'cannot-tell': ['unknown', 'proxy'],
}

/**
 * Returns the invariants that a report breaks; an empty list for a sound one. It judges the shape that every reader
 * relies on (one main exchange, a beginning, an end that fits the disposition), not whether the prediction is right.
 */
export function checkReport(report: TraceReport): readonly TraceViolation[] {
  const violations: TraceViolation[] = []
  const mains = report.exchanges.filter((exchange) => exchange.main)
  if (mains.length !== 1) violations.push({ at: 'exchanges', message: `${mains.length} main exchanges, expected 1` })
  for (const main of mains) {
    if (main.forward.disposition !== report.disposition)
      violations.push({
        at: 'disposition',
        message: `report says ${report.disposition}, its main exchange ${main.forward.disposition}`,
      })
  }
  report.exchanges.forEach((exchange, index) => {
    violations.push(...checkExchange(exchange, `exchanges[${index}]`))
  })
  return violations
}

function checkExchange(exchange: Exchange, at: string): readonly TraceViolation[] {
  const violations = [...checkTrace(exchange.forward, `${at}.forward`)]
  if (exchange.reply === null) return violations
  violations.push(...checkTrace(exchange.reply, `${at}.reply`))
  if (exchange.forward.disposition === 'cannot-tell' || exchange.forward.disposition === 'loop')
    violations.push({ at: `${at}.reply`, message: `a reply to a packet whose fate is ${exchange.forward.disposition}` })
  return violations
}

/** Returns the invariants that one trace breaks. `at` is the path to it in its report. */
export function checkTrace(trace: Trace, at = ''): readonly TraceViolation[] {
  const violations: TraceViolation[] = []
  const first = trace.hops[0]
  if (first === undefined) return [{ at, message: 'a trace without hops' }]
  if (first.steps[0]?.kind !== 'originate')
    violations.push({ at: `${at}.hops[0]`, message: `begins with ${first.steps[0]?.kind ?? 'nothing'}, not originate` })
  if (trace.reason === '') violations.push({ at, message: 'no reason' })
  trace.hops.forEach((hop, index) => {
    violations.push(...checkHop(hop, `${at}.hops[${index}]`))
  })
  violations.push(...checkEnd(trace, at))
  return violations
}

function checkHop(hop: Hop, at: string): readonly TraceViolation[] {
  const violations: TraceViolation[] = []
  const placeless = hop.kind === 'stack' || hop.kind === 'external'
  if (placeless && hop.device !== null) violations.push({ at, message: `a ${hop.kind} hop with device ${hop.device}` })
  if (!placeless && hop.device === null) violations.push({ at, message: `a ${hop.kind} hop without a device` })
  if (hop.device === null && hop.frames.length > 0)
    violations.push({ at, message: `${hop.frames.length} frames on no device` })
  if (hop.steps.length === 0 && hop.frames.length === 0) violations.push({ at, message: 'an empty hop' })
  hop.steps.forEach((step, index) => {
    if (step.why === '') violations.push({ at: `${at}.steps[${index}]`, message: `${step.kind} says no why` })
    if (step.kind === 'originate' && index > 0)
      violations.push({ at: `${at}.steps[${index}]`, message: 'originate is not the first step' })
  })
  return violations
}

function checkEnd(trace: Trace, at: string): readonly TraceViolation[] {
  const last = lastStep(trace)
  if (last === null) return [{ at, message: 'no steps' }]
  if (LAST_STEPS[trace.disposition].includes(last.kind)) return []
  return [{ at, message: `disposition ${trace.disposition}, last step ${last.kind}` }]
}

function lastStep(trace: Trace): Step | null {
  for (let index = trace.hops.length - 1; index >= 0; index -= 1) {
    const step = trace.hops[index]?.steps.at(-1)
    if (step !== undefined) return step
  }
  return null
}
