import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkHostState } from '../../src/core/host/check-host-state.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import { checkReport } from '../../src/core/trace/check-trace.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { type Check, judgeFlow, type KernelTruth } from '../conformance/judge-flow.ts'

const folder = fileURLToPath(new URL('../fixtures/stacked', import.meta.url))
const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'))
const scenes = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'flows.json')))

function judge(state: HostState, kernel: KernelTruth): Check {
  const traced = traceFlow(state, kernel.flow)
  if (!traced.ok) throw new Error(traced.problem.message)
  expect(checkReport(traced.report)).toEqual([])
  return judgeFlow({ ...kernel, report: traced.report })
}

/** Captured from a kernel that has ipvlan, 802.1q and bonding, which the lab's may lack: fixtures/stacked/README.md. */
describe.each(scenes)('%s', (scene) => {
  const checked = checkHostState(read(scene, 'host.json'))
  const flows = read(scene, 'flows.json') as readonly KernelTruth[]

  it('is a whole host state', () => {
    expect(checked.ok ? checked.state.gaps : checked.problems).toEqual([])
  })

  it.each(flows.map((kernel) => ({ kernel, ...kernel.flow, outcome: kernel.truth.outcome })))(
    '$from to $to: $outcome',
    ({ kernel }) => {
      if (!checked.ok) throw new Error('not a host state')
      const check = judge(checked.state, kernel)
      expect(check.decided, check.report.reason).toBe(true)
      expect(check.disagreements).toEqual([])
    },
  )
})

describe('the comparison of stacked devices', () => {
  const { state } = checkHostState(read('macvlan-bridge-vlan', 'host.json')) as { readonly state: HostState }
  const flows = read('macvlan-bridge-vlan', 'flows.json') as readonly KernelTruth[]

  it('finds a wrong mode and a wrong parent out', () => {
    const change = (over: object): HostState => ({
      ...state,
      namespaces: state.namespaces.map((netns) => ({
        ...netns,
        interfaces: netns.interfaces.map((device) => (device.kind === 'macvlan' ? { ...device, ...over } : device)),
      })),
    })
    const wrong = (broken: HostState): number =>
      flows.filter((kernel) => judge(broken, kernel).disagreements.length > 0).length
    expect(wrong(state)).toBe(0)
    expect(wrong(change({ mode: 'private' }))).toBeGreaterThan(0)
    expect(wrong(change({ parent: { namespace: state.namespaces[0]?.id, device: 'p0' } }))).toBeGreaterThan(0)
  })
})
