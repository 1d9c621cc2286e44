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

/**
 * Traces a flow on the state that the keeper has. A name that the state has no answer to is asked, once, of the resolver
 * that the flow's sender uses, and the trace is made again with the answer, whatever it was.
 */
export async function traceWithNames(
  keeper: StateKeeper,
  source: Source,
  held: NumberedState,
  question: { readonly flow: Flow; readonly tried: boolean },
  signal: AbortSignal,
): Promise<Outcome<TraceReport>> {
  const { flow, tried } = question
  const first = traceFlow(held.state, flow, { tried })
  const lookup = first.ok || first.problem.code !== 'unknown-name' ? null : findLookup(held.state, flow)
  if (lookup === null) return toOutcome(first)
  const answer = await source.resolve(lookup.namespace, lookup.name, signal)
  if (!answer.ok) return answer
  const state = keeper.addName(held, answer.value)
  return toOutcome(traceFlow(state, flow, { tried }))
}

/** Returns which name must be asked where; null when the flow has no such name or the state has an answer to it already. */
function findLookup(state: HostState, flow: Flow): { readonly namespace: string; readonly name: string } | null {
  const to = parseEnd(flow.to)
  const from = parseEnd(flow.from)
  if (to.kind !== 'name' || from.kind === 'bad') return null
  const sender = resolveSource(prepareHost(state), from)
  if (!sender.ok) return null
  const name = to.name.replace(/\.$/, '')
  const namespace = sender.value.ns.netns.id
  const isKnown = state.names.some(
    (answer) => answer.namespace === namespace && answer.name.toLowerCase() === name.toLowerCase(),
  )
  return isKnown ? null : { namespace, name }
}

function toOutcome(outcome: TraceOutcome): Outcome<TraceReport> {
  return outcome.ok ? { ok: true, value: outcome.report } : { ok: false, failure: outcome.problem }
}
