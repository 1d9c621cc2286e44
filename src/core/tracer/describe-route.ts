import type { RouteDecision } from '../forward/lookup-route.ts'
import type { FieldDiff } from '../net/packet.ts'
import type { Step } from '../trace/step.ts'
import { NO_FIELDS } from './hop-log.ts'

type RouteDraft = Omit<Extract<Step, { kind: 'route' }>, 'evidence'>

/**
 * Returns the `route` step of a decision about a destination, and of what routing changed in the packet. `unknown` decisions
 * have no such step.
 */
export function describeRoute(
  decision: RouteDecision,
  destination: string,
  diff: readonly FieldDiff[] = NO_FIELDS,
): RouteDraft {
  const nowhere = { kind: 'route', diff, table: null, route: null, via: null, device: null } as const
  switch (decision.kind) {
    case 'local':
    case 'broadcast':
    case 'multicast':
      return {
        ...nowhere,
        decision: 'local',
        table: decision.route.table,
        route: decision.route.text,
        device: decision.device,
        why: `${destination} is an address of this namespace itself.`,
      }
    case 'forward':
      return {
        ...nowhere,
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
        ...nowhere,
        decision: decision.kind,
        table: decision.route?.table ?? null,
        route: decision.text,
        why: `An entry of kind ${decision.kind} covers ${destination}.`,
      }
    case 'none':
    case 'unknown':
      return {
        ...nowhere,
        decision: 'none',
        why: `No route covers ${destination}, not even a default route.`,
      }
    default:
      return decision satisfies never
  }
}
