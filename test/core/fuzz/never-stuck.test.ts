import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { IptablesRule } from '../../../src/core/host/ruleset.ts'
import { checkReport } from '../../../src/core/trace/check-trace.ts'
import type { Flow } from '../../../src/core/trace/flow.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { buildHost, device, type HostParts } from '../../support/build-host.ts'
import { countSteps } from './count-steps.ts'

const n1 = { name: 'n1', ip: '172.17.0.2', bridge: 'br0', gateway: '172.17.0.1', network: 'bridge', index: 20 } as const

function host(parts: HostParts, container: object = {}): HostState {
  return buildHost({ bridges: { br0: '172.17.0.1/16' }, containers: [{ ...n1, ...container }], ...parts })
}

function ask(state: HostState, flow: Omit<Flow, 'protocol'>): TraceReport {
  const outcome = traceFlow(state, { ...flow, protocol: 'icmp' })
  if (!outcome.ok) throw new Error(outcome.problem.message)
  expect(checkReport(outcome.report)).toEqual([])
  return outcome.report
}

function withFilter(state: HostState, chains: Readonly<Record<string, readonly IptablesRule[]>>): HostState {
  const [first, ...rest] = state.namespaces
  if (first === undefined) throw new Error('no namespace')
  const list = Object.entries(chains).map(([name, rules]) => ({
    name,
    policy: name === 'OUTPUT' ? ('ACCEPT' as const) : null,
    rules,
  }))
  const table = { family: 'ip', backend: 'nft', name: 'filter', chains: list } as const
  return { ...state, namespaces: [{ ...first, rulesets: { iptables: [table], nft: [], ipsets: [] } }, ...rest] }
}

function jump(chain: string): IptablesRule {
  return { text: `-A X -j ${chain}`, matches: [], target: { kind: 'jump', chain } }
}

it('a packet that two routers send to each other ends as a loop', () => {
  const state = host(
    { routes: ['default via 198.51.100.1 dev ens5', '10.9.0.0/16 via 172.17.0.2 dev br0'] },
    { over: { sysctls: { 'ipv4/ip_forward': '1' } } },
  )
  const report = ask(state, { from: 'external:198.51.100.1', to: '10.9.0.1' })
  expect(report.disposition).toBe('loop')
  expect(countSteps(report)).toBeLessThan(100)
})

it('bridges that are wired in a circle get each question once', () => {
  const pair = (left: string, right: string, master: string) =>
    device(left < right ? 300 : 301, left, 'veth', { master, peer: { namespace: 'host', device: right } })
  const state = host({})
  const [first, ...rest] = state.namespaces
  if (first === undefined) throw new Error('no namespace')
  const wires = [pair('wa', 'wb', 'br0'), pair('wb', 'wa', 'br0')]
  const tangled = { ...state, namespaces: [{ ...first, interfaces: [...first.interfaces, ...wires] }, ...rest] }
  const report = ask(tangled, { from: 'n1', to: '172.17.0.99' })
  expect(report.disposition).toBe('neighbor-unreachable')
  expect(report.warnings.join()).toContain('wired in a circle')
})

describe('chains', () => {
  it('that jump in a circle cannot be told', () => {
    const state = withFilter(host({}), { OUTPUT: [jump('A')], A: [jump('B')], B: [jump('A'), jump('A')] })
    const report = ask(state, { from: 'host', to: '172.17.0.2' })
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('in a circle')
  })

  it('that are asked twice, which is no circle, are followed', () => {
    const state = withFilter(host({}), { OUTPUT: [jump('A'), jump('A')], A: [jump('B'), jump('B')], B: [] })
    expect(ask(state, { from: 'host', to: '172.17.0.2' }).disposition).toBe('delivered')
  })

  it('that fan out at every level end in bounded steps', () => {
    const levels = Array.from({ length: 30 }, (_, level) => [
      `L${level}`,
      [jump(`L${level + 1}`), jump(`L${level + 1}`)],
    ])
    const chains = Object.fromEntries(levels) as Record<string, readonly IptablesRule[]>
    const report = ask(withFilter(host({}), { OUTPUT: [jump('L0')], ...chains, L30: [] }), {
      from: 'host',
      to: '172.17.0.2',
    })
    expect(report.disposition).toBe('cannot-tell')
    expect(countSteps(report)).toBeLessThan(2100)
  })
})

it.each([0, 1, 20, 27])('an MTU of %i, which leaves no room, cuts a packet into finitely many pieces', (mtu) => {
  const report = ask(host({ nic: { mtu } }), { from: 'host', to: '203.0.113.1', length: 2000, dontFragment: false })
  expect(countSteps(report)).toBeLessThan(1000)
})
