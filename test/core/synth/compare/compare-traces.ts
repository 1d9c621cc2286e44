import type { HostState } from '../../../../src/core/host/host-state.ts'
import type { IptablesTable } from '../../../../src/core/host/ruleset.ts'
import type { Flow } from '../../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../../src/core/tracer/trace-flow.ts'
import { applyNames, hasRules, type Names, namesOf } from './normalize-host.ts'

/** More containers than these add nothing but time. */
const MOST_CONTAINERS = 5

/** Returns flows over a host: between its containers, outwards, inwards, and to its published ports from everywhere. */
function flowsOver(state: HostState): readonly Flow[] {
  const running = state.containers.filter(({ state: now, namespace }) => now === 'running' && namespace !== null)
  const some = running.slice(0, MOST_CONTAINERS)
  const nic = state.namespaces[0]?.interfaces.find(({ name }) => name === 'ens5')
  const own = nic?.addresses.find(({ family }) => family === 4)?.address ?? ''
  const flows: Flow[] = []
  for (const from of some) {
    flows.push(icmp(from.name, '203.0.113.80'), tcp(from.name, '203.0.113.80', 80), icmp(from.name, own))
    for (const { gateway } of from.endpoints) if (gateway !== null) flows.push(icmp(from.name, gateway))
    for (const to of some) flows.push(...between(from.name, to))
    for (const port of ports(state)) flows.push(tcp(from.name, own, port))
  }
  for (const to of some)
    for (const { ipv4 } of to.endpoints)
      if (ipv4 !== null) flows.push(icmp('host', ipv4), icmp('external:198.51.100.200', ipv4), tcp('host', ipv4, 80))
  for (const port of ports(state))
    flows.push(tcp('external:198.51.100.200', own, port), tcp('host', own, port), tcp('host', '127.0.0.1', port))
  return flows
}

function between(from: string, to: HostState['containers'][number]): readonly Flow[] {
  if (from === to.name) return []
  const addresses = to.endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]).filter((address) => address !== null)
  return [...addresses.flatMap((address) => [icmp(from, address), tcp(from, address, 80)]), icmp(from, to.name)]
}

function ports(state: HostState): readonly number[] {
  const all = state.containers.flatMap(({ published }) => published.map(({ hostPort }) => hostPort))
  return [...new Set(all)].filter((port) => port !== 0).slice(0, 4)
}

function icmp(from: string, to: string): Flow {
  return { from, to, protocol: 'icmp' }
}

function tcp(from: string, to: string, destinationPort: number): Flow {
  return { from, to, protocol: 'tcp', destinationPort }
}

/** Returns a host on which nothing has been sent yet: what packets leave behind is no part of how it was made. */
function atRest(state: HostState): HostState {
  const namespaces = state.namespaces.map((namespace) => ({
    ...namespace,
    neighbors: namespace.neighbors.filter((each) => each.state === 'permanent'),
    fdb: namespace.fdb.filter(({ permanent }) => permanent),
    conntrack: [],
    rulesets: { ...namespace.rulesets, iptables: withoutEmpty(namespace.rulesets.iptables) },
  }))
  return { ...state, namespaces }
}

/** A table without a rule is what is left of rules of scenes before. */
function withoutEmpty(tables: readonly IptablesTable[] | null): readonly IptablesTable[] | null {
  return tables === null ? null : tables.filter(hasRules)
}

/** Returns what the tracer answers, with everything random named, and without what it rests on. */
function reportText(state: HostState, names: Names, flow: Flow): string {
  const outcome = traceFlow(state, flow)
  const whole = outcome.ok ? { ...outcome.report, engine: null } : outcome
  const text = JSON.stringify(whole, (key, value: unknown) => (key === 'evidence' ? undefined : value), 1)
  return applyNames(text, names)
}

/** A flow whose two reports differ, and the first lines in which they do. */
export interface TraceDifference {
  readonly flow: Flow
  readonly real: string
  readonly made: string
}

/** Traces the same flows over both hosts and returns those that are told differently. */
export function compareTraces(real: HostState, made: HostState): readonly TraceDifference[] {
  const [one, other] = [atRest(real), atRest(made)]
  const [oneNames, otherNames] = [namesOf(one), namesOf(other)]
  return flowsOver(made).flatMap((flow) => {
    const first = reportText(one, oneNames, flow).split('\n')
    const second = reportText(other, otherNames, flow).split('\n')
    const at = first.findIndex((line, index) => line !== second[index])
    if (at < 0 && first.length === second.length) return []
    const around = (lines: readonly string[]): string => lines.slice(Math.max(at - 6, 0), at + 4).join('\n')
    return [{ flow, real: around(first), made: around(second) }]
  })
}
