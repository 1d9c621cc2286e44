import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { checkReport } from '../../../src/core/trace/check-trace.ts'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { anyFlow } from './arbitrary-flow.ts'
import { anyHost } from './arbitrary-host.ts'
import { brokenHost } from './broken-host.ts'
import { countSteps } from './count-steps.ts'

/** More with FUZZ_RUNS=20000; FUZZ_SEED repeats a run. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 300)
const seed = process.env['FUZZ_SEED']
const parameters = { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) }

/** Hops, frames and steps of a whole report. Far above what a real host needs, far below what would be felt. */
const MOST_PARTS = 100_000

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

function examine(state: HostState, flow: Flow): void {
  const outcome = traceFlow(state, flow)
  expect(traceFlow(state, flow)).toEqual(outcome)
  expect(traceFlow(copy(state), copy(flow))).toEqual(outcome)
  if (!outcome.ok) {
    expect(outcome.problem.message).not.toBe('')
    return
  }
  expect(checkReport(outcome.report)).toEqual([])
  expect(countSteps(outcome.report)).toBeLessThan(MOST_PARTS)
  expect(copy(outcome.report)).toEqual(outcome.report)
}

const someFlows = fc.array(anyFlow, { minLength: 1, maxLength: 3 })

describe('any flow has a sound report or a problem, the same each time, in bounded steps', () => {
  it('on a host with some of its parts broken', { timeout: 300_000 }, () => {
    const property = fc.property(brokenHost, someFlows, (state, flows) => {
      for (const flow of flows) examine(state, flow)
    })
    fc.assert(property, parameters)
  })

  it('on a host put together at random', { timeout: 300_000 }, () => {
    const property = fc.property(anyHost, someFlows, (state, flows) => {
      for (const flow of flows) examine(state, flow)
    })
    fc.assert(property, parameters)
  })
})
