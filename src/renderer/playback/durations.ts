import type { Step } from '../../core/trace/step.ts'
import type { Place } from './place.ts'
import { placeKey } from './place.ts'

/** One unit of the timeline lasts this long at speed 1. */
export const UNIT_MILLISECONDS = 420

/** Returns the units that a packet needs between two places: none within one, more between devices than between gates. */
export function travelUnits(from: Place, to: Place): number {
  if (placeKey(from) === placeKey(to)) return 0
  if (from.kind === 'external' || to.kind === 'external') return 2.4
  return from.kind === 'gate' && to.kind === 'gate' ? 0.8 : 1.8
}

/** Returns the units that a step is shown for; a change or an end longer than a rule that only jumps. */
export function dwellUnits(step: Step | null): number {
  if (step === null) return 0.5
  if (step.kind === 'drop' || step.kind === 'unknown') return 3
  if (step.kind === 'deliver') return 1.6
  if (step.diff.some((change) => change.field !== 'ip.ttl')) return 2
  switch (step.kind) {
    case 'rule':
      return step.verdict === 'drop' || step.verdict === 'reject' ? 3 : step.verdict === 'jump' ? 0.5 : 1
    case 'policy':
      return step.verdict === 'drop' ? 3 : 0.5
    case 'originate':
    case 'route':
    case 'proxy':
      return 1.2
    default:
      return 0.6
  }
}
