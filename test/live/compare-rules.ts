import type { HostState } from '../../src/core/host/host-state.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { expectedTruth } from '../conformance/expected-truth.ts'
import type { NftHost } from './nft-host.ts'
import { type Ask, flowOf, probeOf } from './plain-asks.ts'

/** What a probe showed, or what was predicted of it: what its sender saw, and how often each rule that counts took a packet. */
export interface Shown {
  readonly outcome: string
  readonly rules: readonly string[]
}

/** Rules of which the prediction says that it cannot be told whether they have counted. */
interface Predicted extends Shown {
  readonly open: readonly string[]
}

function predict(state: HostState, ask: Ask, sourcePort: number): Predicted {
  const outcome = traceFlow(state, flowOf(ask, sourcePort))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem))
  const { report } = outcome
  const open = new Set<string>()
  const counts = new Map<string, number>()
  for (const step of ruleSteps(report)) {
    const key = `${step.table} ${step.rule}`
    if (step.evidence.note?.includes('may not have counted') === true) open.add(key)
    else counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  for (const key of open) counts.delete(key)
  return { outcome: expectedTruth(report).outcome, rules: listed(counts), open: [...open] }
}

function ruleSteps(report: TraceReport) {
  const main = report.exchanges.find((exchange) => exchange.main)
  const hops = [...(main?.forward.hops ?? []), ...(main?.reply?.hops ?? [])]
  const steps = hops.filter(({ netns }) => netns === 'host').flatMap((hop) => hop.steps)
  return steps.flatMap((step) => (step.kind === 'rule' && step.family === 'ip' && step.table !== 'quiet' ? [step] : []))
}

function listed(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([key, count]) => `${key} x${count}`)
    .sort()
}

/** The packets that each rule of iptables has counted, by table and text. */
function parseCounters(text: string): ReadonlyMap<string, number> {
  const counters = new Map<string, number>()
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const parsed = /^\[(\d+):\d+\] (-A .*)$/.exec(line)
    if (parsed !== null) counters.set(`${table} ${parsed[2]}`, Number(parsed[1]))
  }
  return counters
}

/** Both sides of one probe. `open` are rules that cannot be told: they are left out of both. */
export interface Compared {
  readonly ask: Ask
  readonly open: readonly string[]
  readonly predicted: Shown
  readonly observed: Shown
}

/** Sends a probe and returns what was predicted of it and what the kernel did, by the counters of iptables' rules. */
export async function compareRules(host: NftHost, state: HostState, ask: Ask, sourcePort: number): Promise<Compared> {
  const counters = async () => parseCounters(await host.at('host', ['iptables-nft-save', '-c']))
  const before = await counters()
  const { open, ...predicted } = predict(state, ask, sourcePort)
  // Silence is known by waiting; an answer that is expected may take its time on a busy machine.
  const timeoutMs = predicted.outcome === 'silence' ? 150 : 3000
  const outcome = await host.probe(ask.from, probeOf(ask, sourcePort, timeoutMs))
  const rises = new Map<string, number>()
  for (const [key, count] of await counters()) {
    if (!open.includes(key)) rises.set(key, count - (before.get(key) ?? 0))
  }
  return { ask, open, predicted, observed: { outcome, rules: listed(rises) } }
}

/** Returns how both sides of a probe differ; nothing where they do not. */
export function differencesOf(ask: Ask, predicted: Shown, observed: Shown): readonly unknown[] {
  if (JSON.stringify(predicted) === JSON.stringify(observed)) return []
  const onlyPredicted = predicted.rules.filter((rule) => !observed.rules.includes(rule))
  const onlyObserved = observed.rules.filter((rule) => !predicted.rules.includes(rule))
  return [{ ask, outcomes: [predicted.outcome, observed.outcome], onlyPredicted, onlyObserved }]
}

/** Returns how the two sides of all probes differ. */
export function differences(all: readonly Compared[]): readonly unknown[] {
  return all.flatMap(({ ask, predicted, observed }) => differencesOf(ask, predicted, observed))
}

/** Returns the conditions that could not be told, without where they stand. */
export function openConditions(all: readonly Compared[]): readonly string[] {
  return [...new Set(all.flatMap(({ open }) => open.map((key) => key.replace(/^\w+ -A \w+ /, ''))))].sort()
}
