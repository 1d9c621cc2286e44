import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkReport } from '../../src/core/trace/check-trace.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { judgeFlow } from '../conformance/judge-flow.ts'
import { fixturesFolder, loadCase } from '../conformance/save-case.ts'

/** Flows that a conformance run found the engine wrong about, and what the kernel did with each. */
describe('flows whose fate a real kernel has told', () => {
  it.each(readdirSync(fixturesFolder))('%s', (name) => {
    const { state, kernel } = loadCase(join(fixturesFolder, name))
    const traced = traceFlow(state, kernel.flow)
    if (!traced.ok) throw new Error(traced.problem.message)
    expect(checkReport(traced.report)).toEqual([])
    const check = judgeFlow({ ...kernel, report: traced.report })
    expect(check.decided, check.report.reason).toBe(true)
    expect(check.disagreements).toEqual([])
  })
})
