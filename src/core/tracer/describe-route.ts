import type { RouteDecision } from '../forward/lookup-route.ts'
import type { FieldDiff } from '../net/packet.ts'
import type { Step } from '../trace/step.ts'
import { NO_FIELDS } from './hop-log.ts'

type RouteDraft = Omit<Extract<Step, { kind: 'route' }>, 'evidence'>

/**
 * Returns the `route` step of a decision about a destination, and of what routing changed in the packet. `unknown` decisions
 * have no such step. Each kind is written out, in one order: with a spread of what they share a whole trace took a third longer.
 */
// oxlint-disable-next-line eslint/max-lines-per-function -- each kind is written out, see above
export function describeRoute(
  decision: RouteDecision,
  destination: string,
  diff: readonly FieldDiff[] = NO_FIELDS,
): RouteDraft {
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
        kind: 'route',
        diff,
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
        kind: 'route',
        diff,
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
        kind: 'route',
        diff,
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
        kind: 'route',
        diff,
      }
    default:
      return decision satisfies never
  }
}
