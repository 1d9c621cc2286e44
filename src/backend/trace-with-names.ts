import type { Flow } from '../core/trace/flow.ts'
import type { TraceReport } from '../core/trace/trace-report.ts'
import type { Outcome } from '../protocol/contract.ts'
import type { Source } from './sources/source.ts'
import type { StateKeeper } from './state-keeper.ts'

export async function traceWithNames(
  _keeper: StateKeeper,
  _source: Source,
  _flow: Flow,
  _tried: boolean,
  _signal: AbortSignal,
): Promise<Outcome<TraceReport>> {
  return { ok: false, failure: { code: 'internal', message: 'no tracer yet' } }
}
