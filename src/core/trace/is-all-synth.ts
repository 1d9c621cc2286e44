import type { TraceReport } from './trace-report.ts'

/**
 * Tells whether nothing of a report was read from a host: every step rests on what Docker would have written (a sandbox, or
 * an engine that told its API alone), or on what is assumed of others. It is then said of the report, not of each step.
 */
export function isAllSynth({ exchanges }: TraceReport): boolean {
  const steps = exchanges
    .flatMap(({ forward, reply }) => (reply === null ? [forward] : [forward, reply]))
    .flatMap(({ hops }) => hops.flatMap((hop) => hop.steps))
  return (
    steps.some(({ evidence }) => evidence.basis === 'synth') &&
    steps.every(({ evidence }) => evidence.basis === 'synth' || evidence.basis === 'assumed')
  )
}
