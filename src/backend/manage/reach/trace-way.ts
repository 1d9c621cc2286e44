import type { HostState } from '../../../core/host/host-state.ts'
import type { Disposition } from '../../../core/trace/disposition.ts'
import { traceFlow } from '../../../core/tracer/trace-flow.ts'
import type { Way } from './list-ways.ts'

/** How a way ends, there and back. */
export interface Ending {
  readonly disposition: Disposition
  readonly why: string
}

/**
 * Returns how a way ends on a host: where the question fails, or else where its answer does. A question that cannot be put
 * (a name that nobody knows) is something that cannot be told.
 */
export function traceWay(state: HostState, { flow }: Way): Ending {
  const traced = traceFlow(state, flow)
  if (!traced.ok) return { disposition: 'cannot-tell', why: traced.problem.message }
  const { disposition, reason, exchanges } = traced.report
  const reply = exchanges.find(({ main }) => main)?.reply ?? null
  const lost = isOpen(disposition) && reply !== null && !isOpen(reply.disposition)
  return lost ? { disposition: reply.disposition, why: `the answer: ${reply.reason}` } : { disposition, why: reason }
}

/** Tells whether a packet came where it was to go; a machine outside is not known any further. */
export function isOpen(disposition: Disposition | 'absent'): boolean {
  return disposition === 'delivered' || disposition === 'leaves-host'
}
