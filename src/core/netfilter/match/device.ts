import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** Tells whether a device name fits a pattern of iptables: itself, or any name that begins as one ending in `+`. */
export function deviceFits(pattern: string, device: string): boolean {
  return pattern.endsWith('+') ? device.startsWith(pattern.slice(0, -1)) : device === pattern
}

/** `-i docker0`, `! -o veth+`. A packet without that device has the empty name, which `!` matches. */
export function matchDevice(match: OfKind<Match, 'in-interface' | 'out-interface'>): Matcher {
  const { name, negated } = match
  const incoming = match.kind === 'in-interface'
  return (input) => verdictOf(deviceFits(name, incoming ? input.inDevice : input.outDevice), negated)
}
