import type { HostState } from '../core/host/host-state.ts'
import type { Flow } from '../core/trace/flow.ts'
import type { TraceReport } from '../core/trace/trace-report.ts'
import { parseEnd } from '../core/tracer/parse-end.ts'
import { prepareHost } from '../core/tracer/prepare-host.ts'
import { resolveSource } from '../core/tracer/resolve-source.ts'
import { type TraceOutcome, traceFlow } from '../core/tracer/trace-flow.ts'
import type { Outcome } from '../protocol/contract.ts'
import type { Source } from './sources/source.ts'
import type { NumberedState, StateKeeper } from './state-keeper.ts'

/** What a trace is made with; `reading` as the service's option of that name. */
export interface TraceBackend {
  readonly keeper: StateKeeper
  readonly source: Source
  readonly reading: 'fresh' | 'once'
}

/**
 * Traces a flow on the state that the keeper has. A name that the flow's sender has not asked yet is asked, once, of the
 * resolver that it uses, and the trace is made again with the answer, whatever it was: what the host or a neighbour was
 * told may not hold for this sender.
 */
export async function traceWithNames(
  { keeper, source, reading }: TraceBackend,
  held: NumberedState,
  question: { readonly flow: Flow; readonly tried: boolean },
  signal: AbortSignal,
): Promise<Outcome<TraceReport>> {
  const { flow, tried } = question
  const first = traceFlow(held.state, flow, { tried })
  const lookup = findLookup(held.state, flow, first)
  if (lookup === null) return toOutcome(first)
  const answer = await source.resolve(lookup.namespace, lookup.name, signal)
  // A saved host cannot be asked; where the tracer got along with another's answer, it has said so.
  if (!answer.ok) return first.ok && answer.failure.code === 'unknown-name' ? toOutcome(first) : answer
  // Asking has stirred the neighbour and connection tables: the packet that is traced comes after the question.
  const after = reading === 'fresh' && source.kind === 'docker' ? await keeper.refresh() : null
  if (after !== null && !after.ok) return after
  const state = keeper.addName(after?.value ?? held, answer.value)
  return toOutcome(traceFlow(state, flow, { tried }))
}

/** Returns which name must be asked where; null when the flow has none, or none that only a resolver knows. */
function findLookup(
  state: HostState,
  flow: Flow,
  first: TraceOutcome,
): { readonly namespace: string; readonly name: string } | null {
  if (!first.ok && first.problem.code !== 'unknown-name') return null
  const to = parseEnd(flow.to)
  const from = parseEnd(flow.from)
  if (to.kind !== 'name' || from.kind === 'bad') return null
  const name = to.name.replace(/\.$/, '')
  const answers = state.names.filter((answer) => answer.name.toLowerCase().replace(/\.$/, '') === name.toLowerCase())
  // The tracer understood a name that no resolver was asked: a container's, or one of a hosts file.
  if (first.ok && answers.length === 0) return null
  const sender = resolveSource(prepareHost(state), from)
  if (!sender.ok) return null
  const namespace = sender.value.ns.netns.id
  return answers.some((answer) => answer.namespace === namespace) ? null : { namespace, name }
}

function toOutcome(outcome: TraceOutcome): Outcome<TraceReport> {
  return outcome.ok ? { ok: true, value: outcome.report } : { ok: false, failure: outcome.problem }
}
