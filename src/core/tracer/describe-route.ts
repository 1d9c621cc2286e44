import type { RouteDecision } from '../forward/lookup-route.ts'
import type { Step } from '../trace/step.ts'

type RouteFields = Pick<Extract<Step, { kind: 'route' }>, 'decision' | 'table' | 'route' | 'via' | 'device' | 'why'>

/** Returns the fields of a `route` step for a decision about a destination. `unknown` decisions have no such step. */
export function describeRoute(decision: RouteDecision, destination: string): RouteFields {
  switch (decision.kind) {
    case 'local':
    case 'broadcast':
    case 'multicast':
      return {
        decision: 'local',
        table: decision.route.table,
        route: decision.route.text,
        via: null,
        device: decision.device,
        why: `${destination} is an address of this namespace itself.`,
      }
    case 'forward':
      return {
        decision: 'forward',
        table: decision.route.table,
        route: decision.route.text,
        via: decision.via,
        device: decision.device,
        why:
          decision.via === null
            ? `${destination} is directly on ${decision.device} (${decision.route.destination}).`
            : `The best route to ${destination} is ${decision.route.destination}, by way of ${decision.via} on ${decision.device}.`,
      }
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
      return {
        decision: decision.kind,
        table: decision.route?.table ?? null,
        route: decision.text,
        via: null,
        device: null,
        why: `An entry of kind ${decision.kind} covers ${destination}.`,
      }
    case 'none':
    case 'unknown':
      return {
        decision: 'none',
        table: null,
        route: null,
        via: null,
        device: null,
        why: `No route covers ${destination}, not even a default route.`,
      }
    default:
      return decision satisfies never
  }
}
