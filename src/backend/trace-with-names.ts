import type { HostState, NameAnswer } from '../core/host/host-state.ts'
import type { Flow } from '../core/trace/flow.ts'
import type { TraceReport } from '../core/trace/trace-report.ts'
import { parseEnd } from '../core/tracer/parse-end.ts'
import { prepareHost } from '../core/tracer/prepare-host.ts'
import { resolveSource } from '../core/tracer/resolve-source.ts'
import { findUnasked } from '../core/tracer/resolve-target.ts'
import { type TraceOutcome, traceFlow } from '../core/tracer/trace-flow.ts'
import type { Outcome } from '../protocol/contract.ts'
import type { Source } from './sources/source.ts'
import type { NumberedState, StateKeeper } from './state-keeper.ts'

/** A report with the state that it was made on. */
export interface Traced<R> {
  readonly report: R
  readonly on: NumberedState
}

/** What a trace is made with; `reading` as the service's option of that name. */
export interface TraceBackend {
  readonly keeper: StateKeeper
  readonly source: Source
  readonly reading: 'fresh' | 'once'
}

/** The C library's own search list has no limit any more; the questions of one trace have. */
const MOST_QUESTIONS = 16

/**
 * Traces a flow on the state that the keeper has. The names that the flow's sender has not asked yet (the name itself, and
 * those that its search domains make of it) are asked, once each, of the resolver that it uses, and the trace is made with
 * the answers, whatever they are: what the host or a neighbour was told may not hold for this sender.
 */
export async function traceWithNames(
  { keeper, source, reading }: TraceBackend,
  held: NumberedState,
  question: { readonly flow: Flow; readonly tried: boolean },
  signal: AbortSignal,
): Promise<Outcome<Traced<TraceReport>>> {
  const { flow, tried } = question
  const first = traceFlow(held.state, flow, { tried })
  if (!first.ok && first.problem.code === 'bad-flow') return toOutcome(first, held)
  const answers: NameAnswer[] = []
  let state = held.state
  for (let asked = 0; asked < MOST_QUESTIONS; asked += 1) {
    const lookup = findLookup(state, flow)
    if (lookup === null) break
    const answer = await source.resolve(lookup.namespace, lookup.name, signal)
    if (!answer.ok) {
      // A saved host cannot be asked; where the tracer got along with another's answer, it has said so.
      const without = traceFlow(state, flow, { tried })
      const own = !without.ok && without.problem.code === 'unknown-endpoint'
      return own || (without.ok && answer.failure.code === 'unknown-name') ? toOutcome(without, held) : answer
    }
    answers.push(answer.value)
    state = { ...state, names: [...state.names, answer.value] }
  }
  if (answers.length === 0) return toOutcome(first, held)
  // Asking has stirred the neighbour and connection tables: the packet that is traced comes after the questions.
  const after = reading === 'fresh' && source.kind === 'docker' ? await keeper.refresh() : null
  if (after !== null && !after.ok) return after
  let kept = after?.value ?? held
  for (const answer of answers) kept = { ...kept, state: keeper.addName(kept, answer) }
  const traced = toOutcome(traceFlow(kept.state, flow, { tried }), kept)
  if (!traced.ok || kept.state.origin !== 'api') return traced
  return { ok: true, value: { report: warnOfNames(traced.value.report, answers), on: kept } }
}

/** Without the helper nobody can ask from inside a container. */
function warnOfNames(report: TraceReport, answers: readonly NameAnswer[]): TraceReport {
  const names = answers.map(({ name }) => name).join(', ')
  const warning = `What ${names} means was asked on the machine that Hopwire runs on: the helper, which asks from the sender, was not used.`
  return { ...report, warnings: [...report.warnings, warning] }
}

/** Returns which name must be asked where; null when the flow has none, or none that only a resolver knows. */
function findLookup(state: HostState, flow: Flow): { readonly namespace: string; readonly name: string } | null {
  const to = parseEnd(flow.to)
  const from = parseEnd(flow.from)
  if (to.kind === 'bad' || from.kind === 'bad') return null
  const host = prepareHost(state)
  const sender = resolveSource(host, from)
  if (!sender.ok) return null
  const name = findUnasked(host, sender.value, to)
  return name === null ? null : { namespace: sender.value.ns.netns.id, name }
}

function toOutcome(outcome: TraceOutcome, on: NumberedState): Outcome<Traced<TraceReport>> {
  return outcome.ok ? { ok: true, value: { report: outcome.report, on } } : { ok: false, failure: outcome.problem }
}
