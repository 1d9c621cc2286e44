import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkHostState } from '../../src/core/host/check-host-state.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import { checkReport } from '../../src/core/trace/check-trace.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import { formatReport } from '../../src/core/trace/format-trace.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'

/**
 * Golden traces over host states captured from real engines. A scenario is a folder with host.json and flows.jsonl; what
 * the engine says of each flow is in expected.txt. After a change of the engine that is meant, run with UPDATE_GOLDEN=1,
 * run once more without, and read the diff as you would read the kernel's own trace.
 */
const scenarios = resolve(import.meta.dirname, '../fixtures/scenarios')
const names = readdirSync(scenarios).filter((name) => existsSync(join(scenarios, name, 'flows.jsonl')))

function readState(name: string): HostState {
  const checked = checkHostState(JSON.parse(readFileSync(join(scenarios, name, 'host.json'), 'utf8')))
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
  return checked.state
}

function readFlows(name: string): Flow[] {
  const lines = readFileSync(join(scenarios, name, 'flows.jsonl'), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Flow)
}

function answer(state: HostState, flow: Flow): string {
  const traced = traceFlow(state, flow)
  if (!traced.ok) return `${flow.from} -> ${flow.to} ${flow.protocol}: ${traced.problem.code}: ${traced.problem.message}`
  expect(checkReport(traced.report)).toEqual([])
  return formatReport(traced.report)
}

describe('golden traces', () => {
  it('has scenarios of both engine generations', () => {
    expect(names).toEqual(expect.arrayContaining(['standard-20', 'standard-28']))
  })

  it.each(names)('%s', (name) => {
    const state = readState(name)
    const flows = readFlows(name)
    const told = `${flows.map((flow) => answer(state, flow)).join('\n\n')}\n`
    const file = join(scenarios, name, 'expected.txt')
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(join(scenarios, name), { recursive: true })
      writeFileSync(file, told)
    }
    expect(told).toBe(readFileSync(file, 'utf8'))
    expect(flows.map((flow) => answer(readState(name), flow)).join('\n\n')).toBe(told.trimEnd())
  })
})
