import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkHostState } from '../../../../src/core/host/check-host-state.ts'
import type { HostState } from '../../../../src/core/host/host-state.ts'
import { completeFromApi } from '../../../../src/core/synth/from-api/complete-from-api.ts'
import type { Flow } from '../../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../../src/core/tracer/trace-flow.ts'
import { readTables } from '../compare/read-tables.ts'

const whole = (generation: 20 | 28): HostState =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, `../../../fixtures/scenarios/standard-${generation}/host.json`), 'utf8'),
  ) as HostState

/** The host as Docker's API alone tells it. */
function apiOnly(state: HostState): HostState {
  const unread = { routes: [], policyRules: [], neighbors: [], fdb: [], conntrack: null, sockets: null, sysctls: {} }
  const rulesets = { iptables: null, nft: null, ipsets: null }
  return {
    ...state,
    origin: 'api',
    engine: { ...state.engine, userlandProxy: null },
    namespaces: [{ id: 'host', name: 'host', containers: [], interfaces: [], ...unread, rulesets }],
    containers: state.containers.map((one) => ({ ...one, namespace: null, resolvConf: null, hosts: null })),
    names: [],
    gaps: [{ namespace: null, what: 'namespace', why: 'the helper was declined' }],
  }
}

const rulesOf = (state: HostState): readonly string[] =>
  (state.namespaces[0]?.rulesets.iptables ?? [])
    .flatMap(({ family, name, chains }) =>
      chains.flatMap(({ rules }) => rules.map(({ text }) => `${family} ${name} ${text}`)),
    )
    .sort()

const icmp = (from: string, to: string): Flow => ({ from, to, protocol: 'icmp' })
const tcp = (from: string, to: string, destinationPort: number): Flow => ({
  from,
  to,
  protocol: 'tcp',
  destinationPort,
})

function trace(state: HostState, flow: Flow) {
  const outcome = traceFlow(state, flow)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome))
  return outcome.report
}

describe.each([20, 28] as const)('a host of Docker %s of which only the API was read', (generation) => {
  const real = whole(generation)
  const completed = completeFromApi(apiOnly(real), readTables)

  test('is whole again, and says what was assumed', () => {
    expect(checkHostState(JSON.parse(JSON.stringify(completed)))).toMatchObject({ ok: true })
    expect(completed.origin).toBe('api')
    expect(completed.gaps).toContainEqual({ namespace: null, what: 'assumed', why: 'the helper was declined' })
    expect(completed.gaps.map(({ what }) => what)).not.toContain('namespace')
  })

  test('has the very rules that Docker wrote', () => {
    expect(rulesOf(completed)).toEqual(rulesOf(real))
  })

  test.each([
    icmp('a1', '172.18.0.3'),
    icmp('a1', '172.19.0.2'),
    icmp('c1', '203.0.113.80'),
    icmp('i1', '203.0.113.80'),
    icmp('host', '172.18.0.2'),
    icmp('c1', '172.17.0.1'),
  ])('tells what the whole one tells of $from to $to, as assumed', (flow) => {
    const report = trace(completed, flow)
    expect(report.disposition).toBe(trace(real, flow).disposition)
    const steps = report.exchanges.flatMap(({ forward }) => forward.hops.flatMap((hop) => hop.steps))
    expect(new Set(steps.flatMap(({ evidence }) => evidence?.basis ?? []))).not.toContain('state')
  })

  test('does not say that nothing listens where nobody has looked', () => {
    expect(trace(completed, tcp('a1', '172.18.0.3', 80))).toMatchObject({ disposition: 'cannot-tell' })
    expect(trace(completed, tcp('a1', '172.18.0.1', 22))).toMatchObject({ disposition: 'cannot-tell' })
  })
})

test('a host of Podman, and one that was read whole, stay as they are', () => {
  const podman = { ...apiOnly(whole(28)), engine: { ...whole(28).engine, name: 'podman' as const } }
  expect(completeFromApi(podman, readTables)).toBe(podman)
  const read = whole(28)
  expect(completeFromApi(read, readTables)).toBe(read)
})
