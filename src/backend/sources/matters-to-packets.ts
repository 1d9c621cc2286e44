import { probeLabel } from '../../core/parse/docker-containers.ts'
import type { EngineEvent } from '../docker/event-stream.ts'

const containerActions = ['create', 'start', 'die', 'destroy', 'rename', 'pause', 'unpause']

/**
 * Tells whether an event can change a packet's path. Hopwire's own helper joins the host network and has its label; neither
 * changes any path.
 */
export function mattersToPackets({ type, action, attributes }: EngineEvent): boolean {
  if (probeLabel in attributes) return false
  if (type === 'network') return attributes['type'] !== 'host'
  return type === 'container' && containerActions.includes(action)
}
